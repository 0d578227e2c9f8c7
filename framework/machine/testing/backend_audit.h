// SPDX-License-Identifier: Apache-2.0
//
// BackendAudit: what every Backend must do, checked while it schedules. One suite for a kernel and
// for the simulator: the audit is an agent of its own, first in, first out, that holds the backend
// to the words of backend.h and tries what must be refused.
//
//   BackendAudit audit(backend);       // with tasks that run, sleep, exit
//   while (audit.RunCycle() == RunState::kRunning) {}
//   EXPECT_STREQ(audit.report().violation, "");
//   EXPECT_GT(audit.report().stale, 0u);          // it has seen something
//
// What it holds the backend to:
//
//   - time never runs backwards; views and rooms are there for every CPU; no more events come than
//     the buffer holds, however small it is; slots are below the limit
//   - a task's waits are numbered upwards, its generations too
//   - a wait is withdrawn only if it was announced
//   - a decision for a wait that is over, or never was, is kStale, and the true one still counts
//   - a decision for a CPU that the task may not use is kNotAllowed, for one that is offline
//     kOffline, for CpuId::Any() neither
//   - a review is no later than the grain given
//   - after kExited, Poll and Park may still be called, and Park says so again
//
// Memory: taken by the constructor. Threading: that of the backend. The first violation stays.

#ifndef SCXX_FRAMEWORK_MACHINE_TESTING_BACKEND_AUDIT_H_
#define SCXX_FRAMEWORK_MACHINE_TESTING_BACKEND_AUDIT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/policy/task_list.h"

namespace scxx {

// Plain memory, so that it can be shared between processes.
struct BackendAuditReport {
  char violation[160] = "";  // the first
  uint64_t cycles = 0;
  uint64_t runnable = 0;
  uint64_t accepted = 0;
  uint64_t withdrawn = 0;
  uint64_t gone = 0;
  uint64_t stale = 0;        // decisions for no wait of their task, refused as such
  uint64_t not_allowed = 0;  // for a CPU that the task may not use, refused as such
  uint64_t offline = 0;      // for a CPU that is offline, refused as such
  uint64_t reviews = 0;      // times that it was asked again when it wanted to be, or later
};

class BackendAudit {
 public:
  // `grain`: how late a review may be.
  explicit BackendAudit(Backend& backend, Nanos grain = Nanos::Max());

  // Poll, decide, Park.
  RunState RunCycle();

  const BackendAuditReport& report() const { return report_; }

 private:
  enum class State : uint8_t { kUnknown, kHeld, kAway, kOver };
  struct Entry {
    uint32_t generation = 0;
    uint32_t enqueue = 0;
    State state = State::kUnknown;
  };

  void CheckCycle(const Cycle& cycle, size_t room);
  void CheckReview();
  void Take(const BackendEvent& event);
  void TakeRunnable(const BackendEvent& event);
  void VerifyHeld();
  void Drop(TaskId task, State state);
  // False: no more for now.
  bool Decide(TaskId task);
  void TryStale(TaskId task, uint32_t enqueue);
  void TryForbidden(TaskId task, uint32_t enqueue);
  void TryOffline(TaskId task, uint32_t enqueue);
  DispatchOutcome Send(TaskId task, uint32_t enqueue, CpuId cpu);
  void CheckEnd();
  void Violation(const char* what, TaskId task = {});

  Backend& backend_;
  BackendAuditReport report_;
  std::vector<BackendEvent> events_;
  std::vector<Entry> entries_;  // by slot
  TaskList queue_;
  uint64_t decisions_ = 0;
  Instant now_;
  const Nanos grain_;
  Instant review_at_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_TESTING_BACKEND_AUDIT_H_
