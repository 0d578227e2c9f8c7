// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/process/process_memory.h"

#include <alloca.h>
#include <linux/capability.h>
#include <linux/mempolicy.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace scxx {
namespace {

constexpr size_t kMaxStackReserve = 1 << 20;

// One byte of each page, in a way that the compiler must keep.
void Touch(char* start, size_t bytes) {
  const size_t page = sysconf(_SC_PAGESIZE);
  for (size_t i = 0; i < bytes; i += page) {
    *const_cast<volatile char*>(start + i) = 0;
  }
}

// No arena but the main one, no mapping of its own for a large block, nothing given back: memory
// that was faulted in once stays.
void PinMalloc() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, 1 << 20);
}

void ReserveHeap(size_t bytes) {
  void* block = malloc(bytes);
  if (block == nullptr) return;
  Touch(static_cast<char*>(block), bytes);
  free(block);
}

// Pages that the kernel moves for its own ends fault once more, locked or not: NUMA balancing and
// huge page collapse are switched off for this process. Neither is essential, so no errors.
void StopPageMoves() {
  syscall(SYS_set_mempolicy, MPOL_LOCAL, nullptr, 0);
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

// As high as the process may: without limit for root, else up to the hard limit.
void RaiseLockLimit(MemorySystem& system) {
  rlimit limit = {};
  if (system.GetLockLimit(&limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  if (system.SetLockLimit({RLIM_INFINITY, RLIM_INFINITY}) == 0) return;
  system.SetLockLimit({limit.rlim_max, limit.rlim_max});
}

absl::Status LimitError(const rlimit& limit) {
  return absl::ResourceExhaustedError(
      absl::StrCat("cannot lock memory: the limit is ", limit.rlim_cur / 1024,
                   " KiB; run as root, or raise `ulimit -l` (systemd: LimitMEMLOCK=infinity)"));
}

absl::Status LockError(int error, const rlimit& limit) {
  if (error != ENOMEM && error != EAGAIN && error != EPERM) {
    return absl::InternalError(absl::StrCat("cannot lock memory: ", strerror(error)));
  }
  if (limit.rlim_cur == RLIM_INFINITY) {
    return absl::ResourceExhaustedError("cannot lock memory: not enough of it is free");
  }
  return LimitError(limit);
}

bool HasHeadroom(const rlimit& limit, size_t headroom) {
  if (limit.rlim_cur == RLIM_INFINITY) return true;
  const absl::StatusOr<int64_t> locked = LockedBytes();
  return locked.ok() && *locked + headroom <= limit.rlim_cur;
}

int64_t FaultsSoFar() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

int64_t NanosSoFar() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

int MemorySystem::GetLockLimit(rlimit* limit) {
  return getrlimit(RLIMIT_MEMLOCK, limit) == 0 ? 0 : errno;
}

int MemorySystem::SetLockLimit(const rlimit& limit) {
  return setrlimit(RLIMIT_MEMLOCK, &limit) == 0 ? 0 : errno;
}

bool MemorySystem::IsAboveLimit() {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2] = {};
  return syscall(SYS_capget, &header, data) == 0 && (data[0].effective >> CAP_IPC_LOCK & 1) != 0;
}

int MemorySystem::UnlockAll() { return munlockall() == 0 ? 0 : errno; }

int MemorySystem::LockAll() { return mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? 0 : errno; }

absl::Status LockProcessMemory(const MemoryOptions& options) {
  MemorySystem system;
  return LockProcessMemory(options, system);
}

absl::Status LockProcessMemory(const MemoryOptions& options, MemorySystem& system) {
  RaiseLockLimit(system);
  PinMalloc();
  StopPageMoves();
  BeLastForOomKiller();
  ShrinkThreadStacks(options.thread_stack);
  ReserveHeap(options.heap_reserve);
  PrefaultStack(options.stack_reserve);
  rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  system.GetLockLimit(&limit);
  if (int error = system.LockAll(); error != 0) return LockError(error, limit);
  if (system.IsAboveLimit() || HasHeadroom(limit, options.headroom)) return absl::OkStatus();
  system.UnlockAll();
  return LimitError(limit);
}

// -1000 would spare it altogether, also if it is what has taken the memory.
void BeLastForOomKiller(const std::string& score_file) { std::ofstream(score_file) << "-999"; }

void ShrinkThreadStacks(size_t bytes) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setstacksize(&attributes, bytes);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

[[gnu::noinline]] void PrefaultStack(size_t bytes) {
  bytes = std::min(bytes, kMaxStackReserve);
  Touch(static_cast<char*>(alloca(bytes)), bytes);
}

absl::StatusOr<int64_t> LockedBytes(const std::string& status_file) {
  std::ifstream file(status_file);
  for (std::string line; std::getline(file, line);) {
    absl::string_view rest = line;
    int64_t kib = 0;
    if (!absl::ConsumePrefix(&rest, "VmLck:") || !absl::ConsumeSuffix(&rest, "kB")) continue;
    if (absl::SimpleAtoi(rest, &kib)) return kib * 1024;
  }
  return absl::NotFoundError(absl::StrCat(status_file, ": no line VmLck"));
}

void UsageSinceStart::Start() {
  faults_at_start_ = FaultsSoFar();
  nanos_at_start_ = NanosSoFar();
  started_.store(true, std::memory_order_release);
}

int64_t UsageSinceStart::page_faults() const {
  return started_.load(std::memory_order_acquire) ? FaultsSoFar() - faults_at_start_ : 0;
}

int64_t UsageSinceStart::cpu_nanos() const {
  return started_.load(std::memory_order_acquire) ? NanosSoFar() - nanos_at_start_ : 0;
}

PageFaultCounter::PageFaultCounter(Scope scope) : scope_(scope) { baseline_ = Count(); }

PageFaults PageFaultCounter::Count() const {
  rusage usage = {};
  getrusage(scope_ == Scope::kThread ? RUSAGE_THREAD : RUSAGE_SELF, &usage);
  return {.minor = usage.ru_minflt - baseline_.minor, .major = usage.ru_majflt - baseline_.major};
}

}  // namespace scxx
