// SPDX-License-Identifier: Apache-2.0
//
// Mutants: the dispatcher with one planted defect each. A mutant is a source file that redefines
// one thing that the dispatcher uses and then includes it; what ships is not touched. mutants_test
// runs campaigns on them, and each must be caught by the checker that is there for it.

#ifndef SCXX_FRAMEWORK_SIM_MUTANTS_MUTANTS_H_
#define SCXX_FRAMEWORK_SIM_MUTANTS_MUTANTS_H_

#include "absl/strings/string_view.h"
#include "framework/sim/core/dispatcher.h"

namespace scxx::sim {

// Of the word that an atomic operation names: the one that a mutant leaves out?
constexpr bool Named(absl::string_view word, absl::string_view wanted) { return word == wanted; }

DispatcherTable AffinityUnchecked();
DispatcherTable AgentForgetsKicks();
DispatcherTable CancelledNotCounted();
DispatcherTable CountNotRaised();
DispatcherTable CustodyNotTaken();
DispatcherTable EnqueueCountUnchecked();
DispatcherTable EventRingOverrun();
DispatcherTable ForgottenCancel();
DispatcherTable GoneNotCounted();
DispatcherTable IdleBitStale();
DispatcherTable InsertedTwice();
DispatcherTable KernelDsqForgotten();
DispatcherTable KicksLost();
DispatcherTable LeaseNeverEnds();
DispatcherTable MixedDsq();
DispatcherTable PendingLost();
DispatcherTable SliceIgnored();
DispatcherTable SlotFreedTwice();
DispatcherTable TimerDead();
DispatcherTable WrongCpuKicked();

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_MUTANTS_MUTANTS_H_
