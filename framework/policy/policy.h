// SPDX-License-Identifier: Apache-2.0
//
// What a policy is
// ----------------
// A policy decides which task runs next, where, and for how long. It is a passive, single-threaded
// state machine: the engine hands it what happened, in batches, and then asks for decisions. The
// engine owns everything else: the loop, the clock, the channel to the kernel, retries, statistics,
// shutdown. A policy makes no system call, reads no clock, has no randomness of its own, and
// allocates nothing after construction; so the same class runs on a kernel, in the simulator and
// under a test's hand (framework/policy/testing/policy_driver.h), with the same results.
//
// A complete policy: first in, first out
// --------------------------------------
// (compiled and run in policy_example_test.cc; schedulers/fifo is the real one)
//
//   class Fifo {
//    public:
//     static constexpr char kName[] = "example_fifo";
//
//     explicit Fifo(const PolicyLimits& limits) : queue_(limits) {}
//
//     void OnRunnable(const Context&, const TaskRunnable& r) { queue_.PushBack(r.task); }
//     void OnWithdrawn(const Context&, const TaskWithdrawn& w) { queue_.Remove(w.task); }
//     void OnGone(const Context&, const TaskGone& g) { queue_.Remove(g.task); }
//     void OnRefused(const Context&, const TaskRefused& f) { queue_.PushFront(f.task); }
//
//     void Schedule(const Context&, DispatchSink& sink) {
//       while (!queue_.empty() && !sink.full()) {
//         sink.Dispatch({.task = queue_.PopFront(), .slice = Millis(5)});
//       }
//     }
//
//    private:
//     TaskList queue_;
//   };
//   static_assert(Policy<Fifo>);
//
// The protocol
// ------------
// The engine calls the hooks of one batch of events, in the order in which the kernel made them,
// and then Schedule() once. `Context::now` is the same for the whole batch and never decreases.
//
// - OnRunnable gives the policy a task. Exactly one of these ends its custody: a Dispatch of it,
//   OnWithdrawn (it was changed, or taken back: see WithdrawnReason), or OnGone (it exited).
//   A task that waits does not sleep.
// - OnGone can also name a task the policy does not hold: it sleeps or runs. The TaskId is never
//   seen again; its slot may return with another generation. Forget what is kept for the slot.
// - A dispatched task runs, at once or soon, and comes back with OnRunnable when it is runnable
//   again: its slice ended, it was preempted, it yielded, or it woke from sleep. Running and
//   sleeping are not events.
// - OnRefused gives a dispatched task back because the backend could not take it. It is the
//   policy's again, as after OnRunnable. The policy keeps no retry list: it queues the task and
//   offers it again.
// - A dispatch that the kernel finds outdated (the task exited, was changed or was taken back at
//   that very moment) is dropped without a call: what outdated it says what became of the task.
// - Schedule may leave tasks queued. It must not dispatch into a full sink: ask full() first.
// - References, spans and pointers are valid during the call only.
// - All calls come from one thread. A policy needs no locks and must not start threads.
//
// The engine CHECKs what a policy may break: a dispatch of a task it does not hold, a slice that is
// not positive, a dispatch into a full sink, a CPU that does not exist.

#ifndef SCXX_FRAMEWORK_POLICY_POLICY_H_
#define SCXX_FRAMEWORK_POLICY_POLICY_H_

#include <concepts>
#include <cstdint>
#include <optional>
#include <ostream>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/dispatch_sink.h"

namespace scxx {

class Topology;  // framework/topology/topology.h

// How large a policy's tables must be. Allocate once, from these.
struct PolicyLimits {
  uint32_t max_tasks = 0;  // TaskId::slot is below this
  int max_cpus = 0;        // CpuId::value() is below this
};

// Why a task became runnable.
enum class RunnableReason : uint8_t {
  kNew,        // forked, or just came under this scheduler; nothing is known about it
  kWakeup,     // woke from sleep
  kSliceEnd,   // used up its slice
  kPreempted,  // lost its CPU with part of its slice unused: see `slice_left`
  kYield,      // gave up its CPU by itself
  kRequeue,    // was runnable, and its weight, affinity or class changed
};

// What the kernel calls a scheduling policy, of those that sched_ext schedules (sched(7)).
enum class TaskClass : uint8_t {
  kNormal,  // SCHED_OTHER
  kBatch,   // SCHED_BATCH: long work that has its weight and should interrupt nobody
  kIdle,    // SCHED_IDLE: what nobody else wants; its weight is Weight::Idle()
};

// A task became runnable and is in the policy's custody.
struct TaskRunnable {
  TaskId task = {};
  RunnableReason reason = RunnableReason::kNew;
  // The task may run on every CPU. If not: Context::Allowed(task).
  bool any_cpu = true;
  CpuId prev_cpu = {};  // where it last ran; None() if it never did
  Weight weight = {};   // as of now; may differ from the last event's
  TaskClass task_class = TaskClass::kNormal;
  // CPU time since this task's previous OnRunnable: exact, and complete also when the kernel ran
  // it without asking in between. Charge a task with this and nothing else.
  Nanos ran = {};
  // CPU time between its previous wakeup and this event. On kWakeup that is the whole burst that
  // the sleep ended.
  Nanos ran_since_sleep = {};
  Nanos slept = {};       // on kWakeup, how long; zero if unknown and for other reasons
  Nanos slice_left = {};  // on kPreempted, what remains of its slice; zero for other reasons
  Instant enqueued_at = {};
  int32_t pid = 0;  // thread and process id, for display only
  int32_t tgid = 0;
};

enum class WithdrawnReason : uint8_t {
  // Its weight, affinity or class has changed; OnRunnable follows, unless it has left sched_ext.
  kChanged,
  // The kernel schedules it this time: the scheduler was late, or has held it for too long.
  kTaken,
};

// The policy no longer holds the task. It lives on, and may come back with OnRunnable.
struct TaskWithdrawn {
  TaskId task = {};
  WithdrawnReason reason = WithdrawnReason::kChanged;
};

// The task left for good.
struct TaskGone {
  TaskId task = {};
};

enum class RefusedReason : uint8_t {
  kQueueFull,   // no place in the target's ring; try later, or elsewhere
  kNotAllowed,  // the task may not run on the CPU asked for
  kOffline,     // that CPU is offline
};

// A dispatched task is back in the policy's custody.
struct TaskRefused {
  TaskId task = {};
  RefusedReason reason = RefusedReason::kQueueFull;
};

// What a CPU did when the batch was read. It may do something else by now.
struct CpuView {
  enum class State : uint8_t {
    kOffline,
    kIdle,
    kRunning,  // a task of this scheduler: `running`
    kOther,    // something this scheduler does not order: a kernel thread, a higher class, itself
  };
  State state = State::kIdle;
  TaskId running = {};  // None() unless kRunning
  Instant since = {};   // when that state began
};

// Affinity by task. Implemented by backends, reached through Context::Allowed.
class AffinitySource {
 public:
  virtual ~AffinitySource() = default;
  virtual CpuSet AllowedCpus(TaskId task) const = 0;
};

// The machine at the time of a batch. Valid during the call only.
struct Context {
  Instant now = {};
  absl::Span<const CpuView> cpus = {};  // by CpuId::value(); the size is the number of CPUs
  const Topology* topology = nullptr;
  const AffinitySource* affinity = nullptr;

  // The CPUs a task may run on, as of now; for a task that OnRunnable has named and that is not
  // gone. A copy: 128 bytes, which the policy may keep.
  CpuSet Allowed(TaskId task) const { return affinity->AllowedCpus(task); }
  // The same of a task that may not run everywhere; nothing of any other.
  std::optional<CpuSet> AllowedIf(bool restricted, TaskId task) const {
    return restricted ? std::optional<CpuSet>(Allowed(task)) : std::nullopt;
  }
};

// The concept. Every hook is required, so that none is forgotten silently: an unneeded one is an
// empty body. By convention a policy also has
//
//   static absl::StatusOr<MyPolicy> Create(const MyOptions&, const PolicyLimits&);
//
// which checks the options and allocates everything the policy will ever use.
template <typename P>
concept Policy =
    requires(P p, const Context& ctx, const TaskRunnable& runnable, const TaskWithdrawn& withdrawn,
             const TaskGone& gone, const TaskRefused& refused, DispatchSink& sink) {
      // A short name for statistics and for the kernel: letters, digits, underscores.
      { P::kName } -> std::convertible_to<absl::string_view>;
      // Take the task: queue it, and charge it with runnable.ran.
      { p.OnRunnable(ctx, runnable) } -> std::same_as<void>;
      // Unqueue the task; keep what is known about it.
      { p.OnWithdrawn(ctx, withdrawn) } -> std::same_as<void>;
      // Unqueue the task if it is queued; forget what is known about it.
      { p.OnGone(ctx, gone) } -> std::same_as<void>;
      // Take the task back, usually to where it stood.
      { p.OnRefused(ctx, refused) } -> std::same_as<void>;
      // Dispatch what should run now or next, the most urgent first, until sink.full().
      { p.Schedule(ctx, sink) } -> std::same_as<void>;
    };

// What a policy tells the backend about itself. Optional; a policy overrides a default by a static
// constexpr bool member of the name given.
struct PolicyTraits {
  absl::string_view name = {};
  // kWakeupPreemption: a woken task may be worth interrupting a running one, so the engine is run
  // at once when a task wakes on a busy CPU. Without it the task waits for the end of a slice.
  bool wakeup_preemption = false;
  // kDirect: when nothing waits and a CPU is free, the order does not matter and the kernel may
  // dispatch a runnable task without asking. The policy then sees it less often, with a larger
  // `ran`.
  bool direct = false;
  // kWeightedShares: tasks that compete for CPU time get it in proportion to their weights, up to a
  // constant, whatever else they do. The simulator checks that it is so.
  bool weighted_shares = false;
};

// Of a policy's type.
template <Policy P>
constexpr PolicyTraits TraitsOf() {
  PolicyTraits traits{.name = P::kName};
  if constexpr (requires { P::kWakeupPreemption; }) traits.wakeup_preemption = P::kWakeupPreemption;
  if constexpr (requires { P::kDirect; }) traits.direct = P::kDirect;
  if constexpr (requires { P::kWeightedShares; }) traits.weighted_shares = P::kWeightedShares;
  return traits;
}

// Of a policy; AnyPolicy's are known at run time only.
template <Policy P>
constexpr PolicyTraits TraitsOf(const P& policy) {
  if constexpr (requires {
                  { policy.traits() } -> std::same_as<PolicyTraits>;
                }) {
    return policy.traits();
  } else {
    return TraitsOf<P>();
  }
}

std::ostream& operator<<(std::ostream& os, RunnableReason reason);
std::ostream& operator<<(std::ostream& os, WithdrawnReason reason);
std::ostream& operator<<(std::ostream& os, RefusedReason reason);
std::ostream& operator<<(std::ostream& os, CpuView::State state);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_POLICY_H_
