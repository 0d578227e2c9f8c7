// SPDX-License-Identifier: Apache-2.0
//
// FakeBackend is a machine made of the test's own lines: events are pushed, decisions are kept.
//
//   FakeBackend backend({.max_tasks = 8, .max_cpus = 1});
//   backend.PushRunnable(task, /*enqueue=*/1);
//   backend.Answer(task, DispatchOutcome::kQueueFull);   // once; every other one is accepted
//   engine.RunOnce();
//   EXPECT_EQ(backend.dispatched()[0].decision.task, task);
//
// Time stands still unless Advance() moves it. CPUs have room without bounds unless set_room() says
// otherwise. Not thread-safe.

#ifndef SCXX_FRAMEWORK_MACHINE_TESTING_FAKE_BACKEND_H_
#define SCXX_FRAMEWORK_MACHINE_TESTING_FAKE_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"

namespace scxx {

class FakeBackend final : public Backend {
 public:
  explicit FakeBackend(PolicyLimits limits);

  // What the next Polls report, in this order.
  void Push(const BackendEvent& event) { events_.push_back(event); }
  void PushRunnable(TaskId task, uint32_t enqueue, TaskRunnable fields = {});
  void PushWithdrawn(TaskId task, uint32_t enqueue,
                     WithdrawnReason reason = WithdrawnReason::kChanged);
  void PushGone(TaskId task) { Push({.kind = EventKind::kGone, .runnable = {.task = task}}); }
  void PushResync() { Push({.kind = EventKind::kResync}); }

  void Advance(Nanos time) { now_ += time; }
  void set_room(const Room& any) { any_ = any; }
  // The next dispatch of this task ends so.
  void Answer(TaskId task, DispatchOutcome outcome) { answers_.emplace_back(task, outcome); }
  // The kernel has taken the task back: IsHeld denies it.
  void Take(TaskId task) { taken_.push_back(task); }
  // The machine is lost at the next Park.
  void Exit() { state_ = RunState::kExited; }
  // Memory for so many dispatches, for tests that allow no allocation.
  void Reserve(size_t dispatches) { dispatched_.reserve(dispatches); }

  // Every decision so far and its outcome; every park.
  const std::vector<BackendDispatch>& dispatched() const { return dispatched_; }
  const std::vector<ParkRequest>& parks() const { return parks_; }
  int polls() const { return polls_; }

  PolicyLimits limits() const override { return limits_; }
  const Topology& topology() const override { return topology_; }
  const Cycle& Poll(absl::Span<BackendEvent> events) override;
  void Dispatch(absl::Span<const BackendDispatch> dispatches,
                absl::Span<DispatchOutcome> outcomes) override;
  RunState Park(const ParkRequest& request) override;
  Instant Now() override { return now_; }
  void IsHeld(absl::Span<const HeldTask> tasks, absl::Span<bool> held) override;
  CpuSet AllowedCpus(TaskId task) const override;

 private:
  DispatchOutcome AnswerTo(const BackendDispatch& dispatch);

  PolicyLimits limits_;
  Topology topology_;
  Instant now_ = Instant(1'000'000);
  Room any_{.space = UINT32_MAX, .free_cpus = UINT32_MAX};
  Cycle cycle_;
  std::vector<CpuView> cpus_;
  std::vector<Room> rooms_;
  std::vector<BackendEvent> events_;
  size_t next_event_ = 0;
  std::vector<std::pair<TaskId, DispatchOutcome>> answers_;
  std::vector<TaskId> taken_;
  std::vector<BackendDispatch> dispatched_;
  std::vector<ParkRequest> parks_;
  int polls_ = 0;
  RunState state_ = RunState::kRunning;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_TESTING_FAKE_BACKEND_H_
