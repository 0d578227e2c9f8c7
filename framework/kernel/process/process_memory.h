// SPDX-License-Identifier: Apache-2.0
//
// Keeps page faults out of a scheduler process. While the agent waits for a page, nobody schedules;
// and if the page has to be written back by a task that waits for the agent, nobody ever will.
//
//   absl::Status locked = LockProcessMemory({});   // before attach, before threads are started
//   ...                                            // attach
//   const PageFaultCounter faults;                 // counts from here on
//   ...
//   int64_t n = faults.Count().total();            // 0, unless something above went wrong
//
// Afterwards all memory of the process, present and future, is resident, and the kernel kills it
// last when there is none; malloc keeps a reserve, faulted in, and gives nothing back to the
// kernel; threads started later get small stacks, since all of a stack is locked. The kernel counts
// a page of a new mapping, heap or thread as a fault when it locks it, so grow before you count.
// Not for tests under a sanitizer: its shadow memory cannot be locked.
//
// Threading: LockProcessMemory before other threads exist; the rest from any thread.
// Ownership: process-wide; there is no way back.

#ifndef SCXX_FRAMEWORK_KERNEL_PROCESS_PROCESS_MEMORY_H_
#define SCXX_FRAMEWORK_KERNEL_PROCESS_PROCESS_MEMORY_H_

#include <sys/resource.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace scxx {

struct MemoryOptions {
  size_t heap_reserve = 2 << 20;     // bytes of heap to fault in for what is allocated later
  size_t stack_reserve = 256 << 10;  // bytes of the caller's stack to fault in; at most 1 MiB
  size_t thread_stack = 256 << 10;   // bytes of stack of threads started later
  // Bytes that the limit must leave for what is mapped later. Beyond the limit malloc fails, and
  // growing a stack kills the process.
  size_t headroom = 16 << 20;
};

// The system calls behind LockProcessMemory, so that tests can refuse them. Each returns 0 or an
// errno value.
class MemorySystem {
 public:
  virtual ~MemorySystem() = default;
  virtual int GetLockLimit(rlimit* limit);
  virtual int SetLockLimit(const rlimit& limit);
  // CAP_IPC_LOCK: the limit does not bind.
  virtual bool IsAboveLimit();
  virtual int LockAll();
  virtual int UnlockAll();
};

// Errors: ResourceExhausted if the limit of locked memory is too low, PermissionDenied if locking
// is forbidden; each one line that names the cure.
absl::Status LockProcessMemory(const MemoryOptions& options);
absl::Status LockProcessMemory(const MemoryOptions& options, MemorySystem& system);

// Makes this process the last that the kernel kills when memory runs out, for the machine recovers
// under its scheduler. Takes CAP_SYS_RESOURCE; without, nothing changes. Children inherit it.
// LockProcessMemory does it too.
void BeLastForOomKiller(const std::string& score_file = "/proc/self/oom_score_adj");

// Gives threads started from here on a stack of `bytes`, which is all mapped and locked, used or
// not: by default 8 MiB a thread. LockProcessMemory does it too; call it before threads that exist
// by then.
void ShrinkThreadStacks(size_t bytes);

// Faults in `bytes` of stack below the caller's frame. At most 1 MiB.
void PrefaultStack(size_t bytes);

// Memory locked by this process, in bytes: VmLck of /proc/self/status.
absl::StatusOr<int64_t> LockedBytes(const std::string& status_file = "/proc/self/status");

struct PageFaults {
  int64_t minor = 0;  // the page was in memory
  int64_t major = 0;  // it had to be read

  int64_t total() const { return minor + major; }
};

// Page faults and CPU time of this process since Start(), and none before. Start() on one thread;
// the rest on any.
class UsageSinceStart {
 public:
  void Start();

  int64_t page_faults() const;
  int64_t cpu_nanos() const;

 private:
  std::atomic<bool> started_ = false;
  int64_t faults_at_start_ = 0;
  int64_t nanos_at_start_ = 0;
};

// Page faults since it was made.
class PageFaultCounter {
 public:
  enum class Scope {
    kProcess,  // all threads
    kThread,   // the calling one: construct and read it there
  };

  explicit PageFaultCounter(Scope scope = Scope::kProcess);

  PageFaults Count() const;

 private:
  Scope scope_;
  PageFaults baseline_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROCESS_PROCESS_MEMORY_H_
