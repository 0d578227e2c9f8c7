// SPDX-License-Identifier: Apache-2.0
//
// LockProcessMemory on the real system: what was a fault before is none afterwards. Where the limit
// of locked memory is too low for this program, the error is what is tested.

#include <sys/mman.h>

#include <cstdlib>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/kernel/process/process_memory.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr size_t kReserve = 1 << 20;

[[gnu::noinline]] void UseStack() {
  volatile char frame[128 << 10];
  for (size_t i = 0; i < sizeof(frame); i += 1024) frame[i] = 1;
}

void UseHeap() {
  for (int i = 0; i < 8; ++i) {
    auto* block = static_cast<volatile char*>(malloc(kReserve / 2));
    for (size_t j = 0; j < kReserve / 2; j += 1024) block[j] = 1;
    free(const_cast<char*>(block));
  }
}

void Touch(void* memory) {
  for (size_t i = 0; i < kReserve; i += 1024) static_cast<volatile char*>(memory)[i] = 1;
}

template <typename Work>
int64_t FaultsOf(Work work) {
  const PageFaultCounter faults(PageFaultCounter::Scope::kThread);
  work();
  return faults.Count().total();
}

TEST(LockProcessMemory, EndsPageFaults) {
  absl::Status locked = LockProcessMemory({.heap_reserve = kReserve, .headroom = kReserve});
  if (!locked.ok()) {
    ASSERT_EQ(locked.code(), absl::StatusCode::kResourceExhausted) << locked;
    GTEST_SKIP() << locked;
  }
  EXPECT_GE(LockedBytes().value(), static_cast<int64_t>(kReserve));

  EXPECT_EQ(FaultsOf(UseStack), 0);
  EXPECT_EQ(FaultsOf(UseHeap), 0);

  void* mapping =
      mmap(nullptr, kReserve, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapping, MAP_FAILED);
  EXPECT_EQ(FaultsOf([mapping] { Touch(mapping); }), 0);

  int64_t of_thread = -1;
  std::thread([&of_thread] { of_thread = FaultsOf(UseStack); }).join();
  EXPECT_EQ(of_thread, 0);
}

}  // namespace
}  // namespace scxx
