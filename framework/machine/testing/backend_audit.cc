// SPDX-License-Identifier: Apache-2.0
#include "framework/machine/testing/backend_audit.h"

#include <algorithm>
#include <cstdio>

#include "absl/types/span.h"
#include "framework/base/cpu_set.h"
#include "framework/topology/topology.h"

namespace scxx {
namespace {

// Small ones too: a backend may not lose what does not fit.
constexpr size_t kRooms[] = {64, 1, 3, 16};
constexpr Nanos kSlice = Millis(3);
// How long from one review to the next.
constexpr Nanos kWaits[] = {Micros(70), Millis(1), Micros(300), Millis(6)};

bool IsLater(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) > 0; }

}  // namespace

BackendAudit::BackendAudit(Backend& backend, Nanos grain)
    : backend_(backend),
      events_(*std::max_element(std::begin(kRooms), std::end(kRooms))),
      entries_(backend.limits().max_tasks),
      queue_(backend.limits()),
      grain_(grain) {}

void BackendAudit::Violation(const char* what, TaskId task) {
  if (report_.violation[0] != '\0') return;
  snprintf(report_.violation, sizeof(report_.violation), "%s (task %d.%u, cycle %llu)", what,
           static_cast<int>(task.slot), task.generation,
           static_cast<unsigned long long>(report_.cycles));
}

RunState BackendAudit::RunCycle() {
  const size_t room = kRooms[report_.cycles++ % std::size(kRooms)];
  const Cycle& cycle = backend_.Poll({events_.data(), room});
  CheckCycle(cycle, room);
  CheckReview();
  const size_t n = std::min(cycle.nr_events, room);
  for (size_t i = 0; i < n; ++i) Take(events_[i]);
  while (!queue_.empty() && Decide(queue_.Front())) {
  }
  if (n == room) return RunState::kRunning;  // there may be more
  const RunState state = backend_.Park({.queued = queue_.size(), .review_at = review_at_});
  if (state == RunState::kExited) CheckEnd();
  return state;
}

void BackendAudit::CheckCycle(const Cycle& cycle, size_t room) {
  const auto max_cpus = static_cast<size_t>(backend_.limits().max_cpus);
  if (cycle.nr_events > room) Violation("more events than the buffer holds");
  if (cycle.now < now_) Violation("time runs backwards");
  now_ = std::max(now_, cycle.now);
  if (cycle.cpus.size() != max_cpus) Violation("a view of each CPU is missing");
  if (cycle.rooms.size() != max_cpus) Violation("the room of each CPU is missing");
}

// Asked for at every park until it has come.
void BackendAudit::CheckReview() {
  if (now_ < review_at_) return;
  if (review_at_ != Instant() && now_ - review_at_ > grain_) Violation("a review was late");
  review_at_ = now_ + kWaits[report_.reviews++ % std::size(kWaits)];
}

// ---- events ----

void BackendAudit::Take(const BackendEvent& event) {
  const TaskId task = event.runnable.task;
  if (event.kind == EventKind::kResync) return VerifyHeld();
  if (task.slot >= entries_.size()) return Violation("a slot beyond the limit", task);
  Entry& entry = entries_[task.slot];
  if (event.kind == EventKind::kRunnable) return TakeRunnable(event);
  // Late messages are allowed: those of an older wait or generation say nothing new.
  const bool current = entry.generation == task.generation && entry.enqueue == event.enqueue;
  switch (event.kind) {
    case EventKind::kWithdrawn:
      ++report_.withdrawn;
      if (entry.generation == task.generation && entry.state != State::kUnknown &&
          IsLater(event.enqueue, entry.enqueue)) {
        Violation("withdrew a wait that was never announced", task);
      }
      if (current) Drop(task, State::kOver);
      return;
    case EventKind::kGone:
      ++report_.gone;
      if (entry.generation == task.generation) Drop(task, State::kOver);
      return;
    default:
      return;
  }
}

void BackendAudit::TakeRunnable(const BackendEvent& event) {
  ++report_.runnable;
  const TaskId task = event.runnable.task;
  Entry& entry = entries_[task.slot];
  const bool same = entry.state != State::kUnknown && entry.generation == task.generation;
  if (same && !IsLater(event.enqueue, entry.enqueue)) {
    Violation("a task's waits are not numbered upwards", task);
  }
  if (entry.state != State::kUnknown &&
      task.IsOlderThan({.slot = task.slot, .generation = entry.generation})) {
    Violation("an older task of the slot came back", task);
  }
  // A newer task of the slot, or a newer wait: the old one is over.
  if (entry.state == State::kHeld) {
    Drop({.slot = task.slot, .generation = entry.generation}, State::kOver);
  }
  entry = {.generation = task.generation, .enqueue = event.enqueue, .state = State::kHeld};
  queue_.PushBack(task);
}

void BackendAudit::Drop(TaskId task, State state) {
  Entry& entry = entries_[task.slot];
  if (entry.state == State::kHeld) queue_.Remove(task);
  entry.state = state;
}

void BackendAudit::VerifyHeld() {
  for (uint32_t slot = 0; slot < entries_.size(); ++slot) {
    Entry& entry = entries_[slot];
    if (entry.state != State::kHeld) continue;
    const HeldTask task = {.task = {slot, entry.generation}, .enqueue = entry.enqueue};
    bool held = false;
    backend_.IsHeld({&task, 1}, {&held, 1});
    if (!held) Drop(task.task, State::kOver);
  }
}

// ---- decisions ----

DispatchOutcome BackendAudit::Send(TaskId task, uint32_t enqueue, CpuId cpu) {
  const BackendDispatch dispatch = {.decision = {.task = task, .cpu = cpu, .slice = kSlice},
                                    .enqueue = enqueue,
                                    .expected_run = Micros(100)};
  DispatchOutcome outcome = DispatchOutcome::kAccepted;
  backend_.Dispatch({&dispatch, 1}, {&outcome, 1});
  return outcome;
}

bool BackendAudit::Decide(TaskId task) {
  const uint32_t enqueue = entries_[task.slot].enqueue;
  ++decisions_;
  if (decisions_ % 8 == 0) TryStale(task, enqueue);
  if (decisions_ % 4 == 0) TryForbidden(task, enqueue);
  if (decisions_ % 4 == 1) TryOffline(task, enqueue);
  if (entries_[task.slot].state != State::kHeld) return true;
  switch (Send(task, enqueue, CpuId::Any())) {
    case DispatchOutcome::kAccepted:
      ++report_.accepted;
      Drop(task, State::kAway);
      return true;
    case DispatchOutcome::kStale:
      Drop(task, State::kOver);
      return true;
    case DispatchOutcome::kNotAllowed:
    case DispatchOutcome::kOffline:
      Violation("a decision for any CPU was not allowed", task);
      return false;
    default:
      return false;  // full: it stays in our custody
  }
}

// A wait that is over, and one that has not begun.
void BackendAudit::TryStale(TaskId task, uint32_t enqueue) {
  for (const uint32_t other : {enqueue - 1, enqueue + 1000}) {
    if (Send(task, other, CpuId::Any()) == DispatchOutcome::kStale) {
      ++report_.stale;
    } else {
      Violation("a decision for another wait of the task was not stale", task);
    }
  }
}

void BackendAudit::TryForbidden(TaskId task, uint32_t enqueue) {
  CpuSet forbidden = backend_.topology().online();
  for (const CpuId cpu : backend_.AllowedCpus(task)) forbidden.Remove(cpu);
  if (forbidden.empty()) return;
  const CpuId cpu = *forbidden.begin();
  switch (Send(task, enqueue, cpu)) {
    case DispatchOutcome::kNotAllowed:
      ++report_.not_allowed;
      return;
    case DispatchOutcome::kAccepted:
      // Unless its affinity has changed in between.
      if (!backend_.AllowedCpus(task).Contains(cpu)) {
        Violation("a decision for a CPU that the task may not use was accepted", task);
      }
      return Drop(task, State::kAway);
    default:
      return;  // stale: the true decision finds out
  }
}

void BackendAudit::TryOffline(TaskId task, uint32_t enqueue) {
  CpuSet offline = CpuSet::FirstN(backend_.limits().max_cpus);
  for (const CpuId cpu : backend_.topology().online()) offline.Remove(cpu);
  if (offline.empty()) return;
  switch (Send(task, enqueue, offline.First())) {
    case DispatchOutcome::kOffline:
      ++report_.offline;
      return;
    case DispatchOutcome::kStale:
      return;  // the true decision finds out
    default:
      return Violation("a decision for a CPU that is offline was not refused as such", task);
  }
}

void BackendAudit::CheckEnd() {
  backend_.Poll({events_.data(), events_.size()});
  if (backend_.Park({}) != RunState::kExited) Violation("ran on after kExited");
}

}  // namespace scxx
