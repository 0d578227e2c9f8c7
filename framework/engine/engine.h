// SPDX-License-Identifier: Apache-2.0
//
// Engine joins a policy and a backend: it is the loop that a policy does not have.
//
//   Engine<FifoPolicy> engine(*std::move(policy), *backend, {});
//   RunState state = engine.Run(stop);        // until `stop` is set or the machine is lost
//
// A cycle reads a batch of events, tells the policy, asks it once for decisions, hands these to the
// backend, tells the policy what was refused, and parks if there is nothing left to do.
//
// The engine keeps the protocol of policy.h towards the policy whatever the backend reports (see
// task_table.h), and CHECKs that the policy keeps it, too.
//
// Ownership: owns the policy; the backend must outlive the engine. Memory: everything is allocated
// by the constructor, in proportion to max_tasks; RunOnce never allocates. Threading: one thread
// constructs and runs; stats() may be read from others. Errors: none of its own; the backend knows
// why it exited.

#ifndef SCXX_FRAMEWORK_ENGINE_ENGINE_H_
#define SCXX_FRAMEWORK_ENGINE_ENGINE_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/check.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/engine/task_table.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"
#include "framework/stats/counter.h"
#include "framework/stats/figures.h"
#include "framework/stats/histogram.h"

namespace scxx {

struct EngineOptions {
  // How much predicted run time may wait in front of a CPU (framework/policy/lookahead.h): more
  // means fewer, larger batches, and decisions that are older when they take effect.
  Nanos lookahead = Micros(300);
  // The most events, and the most decisions, of a cycle.
  size_t batch = 256;
};

// What an engine counts. Written by the engine's thread, read from any. What each figure means is
// said where Read() declares it.
struct EngineStats {
  Gauge queued;
  Counter cycles;
  Counter parks;
  Counter events;
  Counter dropped_events;
  Counter decisions;
  Counter stale;
  Counter refused;
  Counter withdrawn;
  Counter gone;
  Counter resyncs;
  Histogram seen;
  Histogram decided;

  Readings Read() const;
};

template <Policy P>
class Engine {
 public:
  Engine(P policy, Backend& backend, const EngineOptions& options)
      : policy_(std::move(policy)),
        backend_(backend),
        table_(backend.limits().max_tasks),
        events_(options.batch),
        decisions_(options.batch),
        dispatches_(options.batch),
        outcomes_(options.batch),
        enqueued_at_(options.batch),
        held_tasks_(options.batch),
        is_held_(std::make_unique<bool[]>(options.batch)),
        sink_(absl::MakeSpan(decisions_),
              Lookahead(options.lookahead, table_.usual_runs(), backend.limits().max_cpus)) {
    SCXX_CHECK_GT(options.batch, 0u, "a batch holds at least one task");
    ctx_.topology = &backend.topology();
    ctx_.affinity = &backend;
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Cycles until `stop` is true, which is looked at once a cycle, or until the backend exits.
  RunState Run(const std::atomic<bool>& stop) {
    RunState state = RunState::kRunning;
    while (state == RunState::kRunning && !stop.load(std::memory_order_relaxed)) state = RunOnce();
    return state;
  }

  // One cycle.
  RunState RunOnce() {
    const Cycle& cycle = backend_.Poll(absl::MakeSpan(events_));
    ctx_.now = cycle.now;
    ctx_.cpus = cycle.cpus;
    for (size_t i = 0; i < cycle.nr_events; ++i) Deliver(events_[i]);
    size_t accepted = HandOver(Decide(cycle));
    stats_.cycles.Add();
    stats_.events.Add(cycle.nr_events);
    stats_.queued.Set(table_.held());
    // A full batch of either kind was probably cut short.
    bool more = cycle.nr_events == events_.size() || accepted == decisions_.size();
    return more ? RunState::kRunning : Park();
  }

  P& policy() { return policy_; }
  const EngineStats& stats() const { return stats_; }

 private:
  RunState Park() {
    stats_.parks.Add();
    return backend_.Park({.queued = table_.held(),
                          .review_at = sink_.review_at(),
                          .wakeup_keys = sink_.wakeup_keys().value_or(WakeupKeys())});
  }

  // ---- Events ----

  void Deliver(BackendEvent& event) {
    switch (event.kind) {
      case EventKind::kRunnable:
        return DeliverRunnable(event);
      case EventKind::kWithdrawn:
        return CountDropped(Withdraw({event.runnable.task, event.enqueue}, event.withdrawn));
      case EventKind::kGone:
        return DeliverGone(event.runnable.task);
      case EventKind::kResync:
        return Resync();
    }
  }

  void DeliverRunnable(BackendEvent& event) {
    TaskId task = event.runnable.task;
    Evict(task);
    TaskTable::News news = table_.Take(event.enqueue, event.runnable);
    if (news == TaskTable::News::kOld) return stats_.dropped_events.Add();
    if (news == TaskTable::News::kMissedEnd) TellWithdrawn(task, WithdrawnReason::kChanged);
    stats_.seen.Record(ctx_.now - event.runnable.enqueued_at);
    policy_.OnRunnable(ctx_, event.runnable);
  }

  void DeliverGone(TaskId task) {
    Evict(task);
    if (table_.Retire(task)) TellGone(task);
  }

  void Evict(TaskId newcomer) {
    TaskId former = table_.Evict(newcomer);
    if (former.IsTask()) TellGone(former);
  }

  void TellGone(TaskId task) {
    stats_.gone.Add();
    policy_.OnGone(ctx_, {.task = task});
  }

  void CountDropped(bool delivered) {
    if (!delivered) stats_.dropped_events.Add();
  }

  bool Withdraw(const HeldTask& held, WithdrawnReason reason) {
    if (!table_.Withdraw(held.task, held.enqueue)) return false;
    TellWithdrawn(held.task, reason);
    return true;
  }

  void TellWithdrawn(TaskId task, WithdrawnReason reason) {
    stats_.withdrawn.Add();
    policy_.OnWithdrawn(ctx_, {.task = task, .reason = reason});
  }

  bool Refuse(const HeldTask& held, RefusedReason reason) {
    if (!table_.Reclaim(held.task, held.enqueue)) return false;
    stats_.refused.Add();
    policy_.OnRefused(ctx_, {.task = held.task, .reason = reason});
    return true;
  }

  // Verifies every task held, a batch at a time.
  void Resync() {
    stats_.resyncs.Add();
    uint32_t cursor = 0;
    while (size_t n = table_.ListHeld(&cursor, absl::MakeSpan(held_tasks_))) {
      backend_.IsHeld({held_tasks_.data(), n}, {is_held_.get(), n});
      for (size_t i = 0; i < n; ++i) {
        if (!is_held_[i]) Withdraw(held_tasks_[i], WithdrawnReason::kTaken);
      }
    }
  }

  // ---- Decisions ----

  // Asks the policy; decisions_ holds the answer. Returns their number.
  size_t Decide(const Cycle& cycle) {
    sink_.Begin(cycle.any, cycle.rooms);
    policy_.Schedule(ctx_, sink_);
    return sink_.size();
  }

  // Gives `n` decisions to the backend. Returns how many it accepted.
  size_t HandOver(size_t n) {
    if (n == 0) return 0;
    for (size_t i = 0; i < n; ++i) Translate(i);
    Instant decided_at = backend_.Now();
    backend_.Dispatch({dispatches_.data(), n}, {outcomes_.data(), n});
    size_t accepted = 0;
    size_t stale = 0;
    for (size_t i = n; i-- > 0;) {  // last first, see OnRefused
      if (outcomes_[i] == DispatchOutcome::kAccepted) {
        stats_.decided.Record(decided_at - enqueued_at_[i]);
        ++accepted;
      } else if (outcomes_[i] == DispatchOutcome::kStale) {
        ++stale;
      } else {
        Refuse({dispatches_[i].decision.task, dispatches_[i].enqueue}, ReasonOf(outcomes_[i]));
      }
    }
    stats_.decisions.Add(accepted);
    stats_.stale.Add(stale);
    return accepted;
  }

  void Translate(size_t i) {
    const scxx::Dispatch& decision = decisions_[i];
    TaskTable::Enqueue enqueue = table_.Release(decision.task);
    enqueued_at_[i] = enqueue.at;
    dispatches_[i] = {
        .decision = decision,
        .enqueue = enqueue.number,
        .expected_run = sink_.lookahead().Expected(decision.task.slot, decision.slice)};
  }

  static RefusedReason ReasonOf(DispatchOutcome outcome) {
    switch (outcome) {
      case DispatchOutcome::kNotAllowed:
        return RefusedReason::kNotAllowed;
      case DispatchOutcome::kOffline:
        return RefusedReason::kOffline;
      default:
        return RefusedReason::kQueueFull;
    }
  }

  P policy_;
  Backend& backend_;
  Context ctx_;
  TaskTable table_;
  EngineStats stats_;
  std::vector<BackendEvent> events_;
  std::vector<scxx::Dispatch> decisions_;
  std::vector<BackendDispatch> dispatches_;
  std::vector<DispatchOutcome> outcomes_;
  std::vector<Instant> enqueued_at_;  // of dispatches_
  std::vector<HeldTask> held_tasks_;
  std::unique_ptr<bool[]> is_held_;
  DispatchSink sink_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_ENGINE_ENGINE_H_
