// SPDX-License-Identifier: Apache-2.0
//
// Mutants: the dispatcher with one planted defect each. A mutant is a source file that redefines
// one thing that the dispatcher uses and then includes it; what ships is not touched. mutants_test
// runs campaigns on them, and each must be caught by the checker that is there for it.

#ifndef SCXX_FRAMEWORK_SIM_MUTANTS_MUTANTS_H_
#define SCXX_FRAMEWORK_SIM_MUTANTS_MUTANTS_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "framework/sim/core/dispatcher_state.h"
#include "framework/sim/core/sched_ext_ops.h"

namespace scxx::sim {

// Of the word that an atomic operation names: the one that a mutant leaves out?
constexpr bool Named(absl::string_view word, absl::string_view wanted) { return word == wanted; }

std::unique_ptr<SchedExtOps> AffinityUnchecked(DispatcherState& state);
std::unique_ptr<SchedExtOps> AgentForgetsKicks(DispatcherState& state);
std::unique_ptr<SchedExtOps> CancelledNotCounted(DispatcherState& state);
std::unique_ptr<SchedExtOps> CountNotRaised(DispatcherState& state);
std::unique_ptr<SchedExtOps> CrowdUnseen(DispatcherState& state);
std::unique_ptr<SchedExtOps> CustodyNotTaken(DispatcherState& state);
std::unique_ptr<SchedExtOps> EnqueueCountUnchecked(DispatcherState& state);
std::unique_ptr<SchedExtOps> EventRingOverrun(DispatcherState& state);
std::unique_ptr<SchedExtOps> ForgottenCancel(DispatcherState& state);
std::unique_ptr<SchedExtOps> GoneNotCounted(DispatcherState& state);
std::unique_ptr<SchedExtOps> HigherUnseen(DispatcherState& state);
std::unique_ptr<SchedExtOps> IdleBitStale(DispatcherState& state);
std::unique_ptr<SchedExtOps> InsertedTwice(DispatcherState& state);
std::unique_ptr<SchedExtOps> KernelDsqForgotten(DispatcherState& state);
std::unique_ptr<SchedExtOps> KernelNeverFirst(DispatcherState& state);
std::unique_ptr<SchedExtOps> KicksLost(DispatcherState& state);
std::unique_ptr<SchedExtOps> LeaseNeverEnds(DispatcherState& state);
std::unique_ptr<SchedExtOps> MixedDsq(DispatcherState& state);
std::unique_ptr<SchedExtOps> PendingLost(DispatcherState& state);
std::unique_ptr<SchedExtOps> SliceIgnored(DispatcherState& state);
std::unique_ptr<SchedExtOps> SlotFreedTwice(DispatcherState& state);
std::unique_ptr<SchedExtOps> TimerDead(DispatcherState& state);
std::unique_ptr<SchedExtOps> WrongCpuKicked(DispatcherState& state);

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_MUTANTS_MUTANTS_H_
