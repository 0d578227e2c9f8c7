// SPDX-License-Identifier: Apache-2.0
//
// What a policy adds to FairCore: a guess of how interactive a task is. FairPolicy (fair_policy.h)
// asks it for penalties and credits; fairness does not depend on the answers.
//
// A model that likes tasks below the middle of the table, for instance (compiled in
// interactivity_test.cc):
//
//   class LowSlots {
//    public:
//     LowSlots(const FairParams& params, const PolicyLimits& limits)
//         : bound_(params.bound), half_(limits.max_tasks / 2) {}
//     void Enter(uint32_t) {}
//     void Learn(uint32_t, const TaskRunnable&) {}
//     Nanos Penalty(uint32_t slot, Weight, Nanos) const {
//       return slot < half_ ? Nanos::Zero() : bound_;
//     }
//     uint32_t PenaltyPace(Weight) const { return 0; }
//     Nanos Credit(uint32_t) const { return bound_; }
//     Nanos Protection(uint32_t, Nanos) const { return Nanos::Zero(); }
//     ...

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_INTERACTIVITY_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_INTERACTIVITY_H_

#include <concepts>
#include <cstdint>

#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/policy.h"

namespace scxx {

// `burst` is what a task has run since it last woke.
template <typename M>
concept InteractivityModel = requires(M m, const M c, uint32_t slot, const TaskRunnable& runnable,
                                      Weight weight, Nanos burst) {
  // A task that was never seen is in `slot` now. Forget the former one.
  { m.Enter(slot) } -> std::same_as<void>;
  // What happened to it. Comes with every event, before it is queued.
  { m.Learn(slot, runnable) } -> std::same_as<void>;
  // Virtual time that it is put back by: 0, the most interactive, to FairParams::bound.
  { c.Penalty(slot, weight, burst) } -> std::same_as<Nanos>;
  // At most so many virtual ns a penalty grows in 1,024 ns of running.
  { c.PenaltyPace(weight) } -> std::same_as<uint32_t>;
  // Virtual time that it may start behind the others after a sleep: 0 to FairParams::bound.
  { c.Credit(slot) } -> std::same_as<Nanos>;
  // How long a running task should not be interrupted although another is more urgent, because
  // it is about to finish. Zero: it may be.
  { c.Protection(slot, burst) } -> std::same_as<Nanos>;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_INTERACTIVITY_H_
