// SPDX-License-Identifier: Apache-2.0
//
// Backend is what the engine schedules on: a kernel (framework/kernel), the simulator
// (framework/sim), or a script in a test (fake_backend.h). Calls are batched, so that a virtual
// call is paid once a batch.
//
// One cycle of the engine:
//
//   const Cycle& cycle = backend.Poll(absl::MakeSpan(events));  // what happened, how things stand
//   ...                                                         // the policy decides
//   backend.Dispatch(decisions, absl::MakeSpan(outcomes));      // an outcome for every decision
//   RunState state = backend.Park({.queued = n});               // let the machine run
//
// Custody: a kRunnable event hands a task to the engine, named by (task, enqueue). The engine holds
// it until it dispatches it with that enqueue number and the outcome is kAccepted or kStale, or an
// event says otherwise. Every enqueue of a task has a new number, so a late message about an old
// enqueue is recognised.
//
// Order: events come in the order in which they happened, as nearly as the backend knows. A kernel
// has a ring a CPU, merged by time within a Poll; what migrates between two Polls may be seen out
// of order. The engine puts that right: it drops what an enqueue number shows to be old, and takes
// a newer generation in a slot as proof that the old task is gone.
//
// Ownership: what Poll returns belongs to the backend and is valid until the next Poll. Spans
// passed in are not kept.
//
// Threading: all calls from one thread.
//
// Errors: setting up is the factory's business and ends in an absl::Status. After that no call
// fails: the loss of the machine (ejected, detached, signal) is RunState::kExited, and the concrete
// backend says why.

#ifndef SCXX_FRAMEWORK_MACHINE_BACKEND_H_
#define SCXX_FRAMEWORK_MACHINE_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"

namespace scxx {

enum class EventKind : uint8_t {
  kRunnable,   // `runnable` is filled in; the task is in the engine's custody
  kWithdrawn,  // enqueue number `enqueue` of the task has ended without a dispatch: see `withdrawn`
  kGone,       // the task left; `enqueue` does not matter
  // The kernel took tasks back, or events were lost: verify every task held with IsHeld().
  kResync,
};

// One event, in a form the engine passes on without copying.
struct BackendEvent {
  EventKind kind = EventKind::kRunnable;
  WithdrawnReason withdrawn = WithdrawnReason::kChanged;
  uint32_t enqueue = 0;
  // Only `task` is meant unless kind is kRunnable.
  TaskRunnable runnable = {};
};

// What Poll found, beside the events.
struct Cycle {
  size_t nr_events = 0;  // filled in the caller's buffer; as many as it holds means: poll again
  Instant now = {};      // never decreases
  absl::Span<const CpuView> cpus = {};
  // Room for dispatches as of now, by CPU, and for CpuId::Any(). `any.ahead` is the predicted time
  // until some CPU would come to take one more task.
  absl::Span<const Room> rooms = {};
  Room any = {};
};

// A policy's decision, on its way to the backend.
struct BackendDispatch {
  Dispatch decision = {};
  uint32_t enqueue = 0;     // which enqueue of the task this answers
  Nanos expected_run = {};  // what the engine predicts; the backend adds these up for Room::ahead
};

enum class DispatchOutcome : uint8_t {
  kAccepted,  // the backend has the task
  kStale,     // this enqueue is over; the events say, or said, what became of the task
  // The rest: not taken, still in the engine's custody.
  kQueueFull,
  kNotAllowed,  // the task may not use that CPU
  kOffline,     // nor may anybody
};

// One enqueue of a task.
struct HeldTask {
  TaskId task = {};
  uint32_t enqueue = 0;
};

struct ParkRequest {
  // Tasks the policy holds back; the backend returns early when it has room for them.
  uint64_t queued = 0;
  // The policy wants to be asked again at that time, if nothing happens before: see
  // DispatchSink::ReviewAt.
  std::optional<Instant> review_at = {};
  // What the policy has published last.
  WakeupKeys wakeup_keys = {};
};

enum class RunState : uint8_t { kRunning, kExited };

class Backend : public AffinitySource {
 public:
  ~Backend() override = default;

  // Fixed from construction on.
  virtual PolicyLimits limits() const = 0;
  virtual const Topology& topology() const = 0;

  // Starts a cycle: fills `events`, oldest first, and reports how things stand.
  virtual const Cycle& Poll(absl::Span<BackendEvent> events) = 0;

  // Hands over decisions, in this order; outcomes[i] is the answer to dispatches[i]. Both spans
  // have the same size, at most what one Poll may return. CpuId::Any() lets the backend choose
  // among the CPUs the task may run on.
  virtual void Dispatch(absl::Span<const BackendDispatch> dispatches,
                        absl::Span<DispatchOutcome> outcomes) = 0;

  // Gives the machine away until there is something to do: on a kernel one sched_yield, in the
  // simulator the end of the agent's turn. May return without events.
  virtual RunState Park(const ParkRequest& request) = 0;

  // The time now, from the same clock as Cycle::now and the events.
  virtual Instant Now() = 0;

  // For kResync: held[i] is set if that enqueue is still in the engine's custody. Same sizes.
  virtual void IsHeld(absl::Span<const HeldTask> tasks, absl::Span<bool> held) = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_BACKEND_H_
