// SPDX-License-Identifier: Apache-2.0

#include "framework/machine/testing/fake_backend.h"

#include <algorithm>

#include "framework/base/check.h"

namespace scxx {

FakeBackend::FakeBackend(PolicyLimits limits)
    : limits_(limits),
      topology_(Topology::Synthetic({.cores_per_llc = limits.max_cpus})),
      cpus_(limits.max_cpus),
      rooms_(limits.max_cpus) {
  parks_.reserve(1024);  // as many as a test that counts allocations may want
}

void FakeBackend::PushRunnable(TaskId task, uint32_t enqueue, TaskRunnable fields) {
  fields.task = task;
  fields.enqueued_at = now_;
  Push({.kind = EventKind::kRunnable, .enqueue = enqueue, .runnable = fields});
}

void FakeBackend::PushWithdrawn(TaskId task, uint32_t enqueue, WithdrawnReason reason) {
  Push({.kind = EventKind::kWithdrawn,
        .withdrawn = reason,
        .enqueue = enqueue,
        .runnable = {.task = task}});
}

const Cycle& FakeBackend::Poll(absl::Span<BackendEvent> events) {
  ++polls_;
  size_t n = std::min(events.size(), events_.size() - next_event_);
  std::copy_n(events_.begin() + next_event_, n, events.begin());
  next_event_ += n;
  if (next_event_ == events_.size()) {
    events_.clear();
    next_event_ = 0;
  }
  std::fill(rooms_.begin(), rooms_.end(), any_);
  cycle_ = {.nr_events = n, .now = now_, .cpus = cpus_, .rooms = rooms_, .any = any_};
  return cycle_;
}

DispatchOutcome FakeBackend::AnswerTo(const BackendDispatch& dispatch) {
  auto answer = std::find_if(answers_.begin(), answers_.end(),
                             [&](const auto& a) { return a.first == dispatch.decision.task; });
  if (answer == answers_.end()) return DispatchOutcome::kAccepted;
  DispatchOutcome outcome = answer->second;
  answers_.erase(answer);
  return outcome;
}

void FakeBackend::Dispatch(absl::Span<const BackendDispatch> dispatches,
                           absl::Span<DispatchOutcome> outcomes) {
  SCXX_CHECK_EQ(dispatches.size(), outcomes.size());
  for (size_t i = 0; i < dispatches.size(); ++i) {
    dispatched_.push_back(dispatches[i]);
    outcomes[i] = AnswerTo(dispatches[i]);
  }
}

RunState FakeBackend::Park(const ParkRequest& request) {
  parks_.push_back(request);
  return state_;
}

void FakeBackend::IsHeld(absl::Span<const HeldTask> tasks, absl::Span<bool> held) {
  SCXX_CHECK_EQ(tasks.size(), held.size());
  for (size_t i = 0; i < tasks.size(); ++i) {
    held[i] = std::find(taken_.begin(), taken_.end(), tasks[i].task) == taken_.end();
  }
}

CpuSet FakeBackend::AllowedCpus(TaskId) const { return topology_.online(); }

}  // namespace scxx
