// SPDX-License-Identifier: Apache-2.0
//
// SessionProcess: a policy in the session that schedulers run in, so it attaches again where the
// kernel asks for that; in a process of its own, and without the console's pauses.
//
//   SessionProcess session(kUnderTest<FifoPolicy>);
//   ASSERT_TRUE(session.WaitForAttach()) << session.lives().why;
//   ... take a CPU away ...
//   ASSERT_TRUE(session.WaitForAttach()) << session.lives().why;      // the next life
//   session.Stop();
//   EXPECT_EQ(session.lives().ending, Ending::kStopped);
//
// Threading: one thread of a process that has no others (it forks). Ownership: the destructor kills
// the process if it still runs.

#ifndef SCXX_TESTS_KERNEL_SESSION_PROCESS_H_
#define SCXX_TESTS_KERNEL_SESSION_PROCESS_H_

#include <sys/types.h>

#include <cstdint>

#include "framework/base/process/process.h"
#include "framework/engine/session.h"
#include "tests/kernel/run_policy.h"

namespace scxx {

// Of all lives so far. The child writes it.
struct Lives {
  int attached = 0;
  int restarts = 0;         // lives that ended with the kernel's wish for another one
  uint64_t dispatched = 0;  // by the policy, in lives that have ended
  uint64_t bad_records = 0;
  int64_t unaccounted = 0;  // tasks that went into custody and did not come out
  Ending ending = Ending::kFailed;
  char why[512] = "it died";  // how the last one ended
};

class SessionProcess {
 public:
  explicit SessionProcess(const PolicyUnderTest& policy);
  ~SessionProcess();
  SessionProcess(const SessionProcess&) = delete;
  SessionProcess& operator=(const SessionProcess&) = delete;

  pid_t pid() const { return process_.pid(); }
  // Stands still between two calls of WaitForAttach that have something to wait for.
  const Lives& lives() const { return *lives_; }

  // Waits for the next attach that it has not told of. False if there will be none.
  bool WaitForAttach();
  // The same, until one of them has lasted to now: CPUs may have come and gone in between.
  bool WaitUntilAttached();
  // Asks it to end, and waits.
  void Stop();

 private:
  [[noreturn]] void RunChild(const PolicyUnderTest& policy, PipeEnds attaches);

  Lives* lives_;  // with the child
  OwnedFd attaches_;
  Process process_;
};

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_SESSION_PROCESS_H_
