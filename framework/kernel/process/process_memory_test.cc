// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/process/process_memory.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::HasSubstr;
using testing::Not;

// Refuses what its fields say, and remembers the limit.
class FakeSystem : public MemorySystem {
 public:
  int GetLockLimit(rlimit* limit) override {
    *limit = limit_;
    return 0;
  }
  int SetLockLimit(const rlimit& limit) override {
    if (limit.rlim_max > limit_.rlim_max && !privileged) return EPERM;
    limit_ = limit;
    return 0;
  }
  bool IsAboveLimit() override { return above_limit; }
  int LockAll() override {
    locked = lock_error == 0;
    return lock_error;
  }
  int UnlockAll() override {
    locked = false;
    return 0;
  }

  rlimit limit_ = {64 << 10, 128 << 20};
  bool privileged = false;
  bool above_limit = false;
  int lock_error = 0;
  bool locked = false;
};

constexpr MemoryOptions kSmall = {.heap_reserve = 64 << 10, .stack_reserve = 16 << 10};

TEST(LockProcessMemory, RemovesTheLimitWhereItMay) {
  FakeSystem system;
  system.privileged = true;
  EXPECT_TRUE(LockProcessMemory(kSmall, system).ok());
  EXPECT_EQ(system.limit_.rlim_cur, RLIM_INFINITY);
}

TEST(LockProcessMemory, ElseRaisesItToTheHardLimit) {
  FakeSystem system;
  EXPECT_TRUE(LockProcessMemory(kSmall, system).ok());
  EXPECT_EQ(system.limit_.rlim_cur, 128u << 20);
  EXPECT_EQ(system.limit_.rlim_max, 128u << 20);
}

TEST(LockProcessMemory, NamesTheLimitAndTheCureInOneLine) {
  FakeSystem system;
  system.lock_error = ENOMEM;
  absl::Status status = LockProcessMemory(kSmall, system);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("limit is 131072 KiB; run as root"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("LimitMEMLOCK=infinity"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\n")));
}

TEST(LockProcessMemory, WantsTheLimitToLeaveSomeRoom) {
  FakeSystem system;
  MemoryOptions options = kSmall;
  options.headroom = 129 << 20;
  EXPECT_EQ(LockProcessMemory(options, system).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(system.locked);
}

TEST(LockProcessMemory, WantsNoRoomBelowALimitThatDoesNotBind) {
  FakeSystem system;
  system.above_limit = true;
  MemoryOptions options = kSmall;
  options.headroom = 129 << 20;
  EXPECT_TRUE(LockProcessMemory(options, system).ok());
  EXPECT_TRUE(system.locked);
}

TEST(LockProcessMemory, DoesNotBlameALimitThatIsNotThere) {
  FakeSystem system;
  system.privileged = true;
  system.lock_error = ENOMEM;
  absl::Status status = LockProcessMemory(kSmall, system);
  EXPECT_EQ(std::string(status.message()), "cannot lock memory: not enough of it is free");
}

TEST(LockProcessMemory, PassesOnUnexpectedErrors) {
  FakeSystem system;
  system.lock_error = EINVAL;
  EXPECT_EQ(LockProcessMemory(kSmall, system).code(), absl::StatusCode::kInternal);
}

class LockedBytesTest : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    std::string path = testing::TempDir() + "/status";
    std::ofstream(path) << text;
    return path;
  }
};

TEST_F(LockedBytesTest, ReadsKibibytes) {
  absl::StatusOr<int64_t> bytes =
      LockedBytes(Write("Name:\tfifo\nVmLck:\t    1524 kB\nVmPin: 0 kB\n"));
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(*bytes, 1524 * 1024);
}

TEST_F(LockedBytesTest, SaysWhichFileHasNone) {
  EXPECT_THAT(std::string(LockedBytes(Write("Name:\tfifo\n")).status().message()),
              HasSubstr("/status: no line VmLck"));
  EXPECT_THAT(std::string(LockedBytes("/nonexistent").status().message()),
              HasSubstr("/nonexistent"));
}

// A page that was not touched before, and so costs one fault.
class FreshPage {
 public:
  FreshPage()
      : page_(mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {}
  ~FreshPage() { munmap(page_, kSize); }
  void Touch() { *static_cast<volatile char*>(page_) = 1; }

 private:
  static constexpr size_t kSize = 4096;
  void* page_;
};

TEST(PageFaultCounter, CountsFromItsConstructionOn) {
  FreshPage before;
  FreshPage after;
  before.Touch();
  PageFaultCounter(PageFaultCounter::Scope::kThread).Count();  // its code is a page, too
  const PageFaultCounter thread(PageFaultCounter::Scope::kThread);
  const PageFaultCounter process;
  EXPECT_EQ(thread.Count().total(), 0);
  after.Touch();
  EXPECT_GE(thread.Count().minor, 1);
  EXPECT_GE(process.Count().minor, 1);
}

// A tick of statistics may come before the attach has taken its base line.
TEST(UsageSinceStart, ShowsNothingOfBefore) {
  FreshPage before;
  FreshPage after;
  before.Touch();
  UsageSinceStart usage;
  EXPECT_EQ(usage.page_faults(), 0);
  EXPECT_EQ(usage.cpu_nanos(), 0);
  usage.Start();
  after.Touch();
  EXPECT_GE(usage.page_faults(), 1);
  EXPECT_GT(usage.cpu_nanos(), 0);
}

// Threads started between the load and the lock count as well.
TEST(ShrinkThreadStacks, IsWhatTheNextThreadGets) {
  constexpr size_t kStack = 1 << 20;  // enough for what a sanitizer keeps there
  ShrinkThreadStacks(kStack);
  size_t size = 0;
  std::thread([&size] {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_destroy(&attributes);
  }).join();
  EXPECT_EQ(size, kStack);
}

TEST(BeLastForOomKiller, AsksForItAndBearsARefusal) {
  const std::string file = testing::TempDir() + "/oom_score_adj";
  BeLastForOomKiller(file);
  std::string score;
  std::ifstream(file) >> score;
  EXPECT_EQ(score, "-999");
  BeLastForOomKiller(testing::TempDir() + "/no_such_folder/oom_score_adj");
}

}  // namespace
}  // namespace scxx
