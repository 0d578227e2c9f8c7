// SPDX-License-Identifier: Apache-2.0
//
// The conformance suite sees what it is made for: a policy that is sound passes, and one with a
// planted defect fails in the case that is named here.

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/base/cpu.h"
#include "framework/base/units.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/testing/conformance.h"

namespace scxx {
namespace {

enum class Defect {
  kNone,
  kLosesATask,      // every hundredth runnable task
  kForgetsRefused,  // a decision that comes back is dropped
  kOneCpuForAll,    // sends every task to CPU 0
  kLastInFirstOut,  // who has just run runs again
  kHoldsOneBack,    // keeps a task in its queue, whatever CPU is idle
  kAllocates,       // in a hook
  kUsesWhatIsLeft,  // behaves otherwise in the second run of a program
  kKeepsTheDead,    // decides for a task that is gone
  kKeepsWithdrawn,  // decides for a task that has been withdrawn
};

// First in, first out, but for its defect.
class Mutant {
 public:
  static constexpr char kName[] = "mutant";

  Mutant(Defect defect, const PolicyLimits& limits)
      : defect_(defect), queue_(limits), run_(++runs) {}

  void OnRunnable(const Context&, const TaskRunnable& r) {
    if (defect_ == Defect::kLosesATask && ++seen_ % 100 == 0) return;
    if (defect_ == Defect::kAllocates) delete new std::vector<int>(10);
    if (defect_ == Defect::kLastInFirstOut) return queue_.PushFront(r.task);
    queue_.PushBack(r.task);
  }
  void OnWithdrawn(const Context&, const TaskWithdrawn& w) {
    if (defect_ == Defect::kKeepsWithdrawn) return;
    if (queue_.Contains(w.task)) queue_.Remove(w.task);
  }
  void OnGone(const Context&, const TaskGone& g) {
    if (defect_ == Defect::kKeepsTheDead) return;
    if (queue_.Contains(g.task)) queue_.Remove(g.task);
  }
  void OnRefused(const Context&, const TaskRefused& f) {
    if (defect_ != Defect::kForgetsRefused) queue_.PushFront(f.task);
  }
  void Schedule(const Context&, DispatchSink& sink) {
    const size_t kept = defect_ == Defect::kHoldsOneBack ? 1 : 0;
    const CpuId cpu = defect_ == Defect::kOneCpuForAll ? CpuId(0) : CpuId::Any();
    while (queue_.size() > kept && !(cpu.IsCpu() ? sink.full(cpu) : sink.full())) {
      sink.Dispatch({.task = queue_.PopFront(), .cpu = cpu, .slice = Slice()});
    }
  }

 private:
  static inline int runs = 0;

  Nanos Slice() const {
    return defect_ == Defect::kUsesWhatIsLeft ? Millis(1 + run_ % 2) : Millis(3);
  }

  Defect defect_;
  TaskList queue_;
  uint64_t seen_ = 0;
  int run_;
};
static_assert(Policy<Mutant>);

sim::SimulatedPolicy Make(Defect defect) {
  return {.traits = TraitsOf<Mutant>(), .make = [defect](const PolicyLimits& limits) {
            return AnyPolicy(Mutant(defect, limits));
          }};
}

// What the case of this name says of the mutant.
std::string ViolationIn(absl::string_view name, Defect defect) {
  for (const ConformanceCase& c : ConformanceCases()) {
    if (c.name == name) return c.violation(Make(defect));
  }
  return "";
}

TEST(Conformance, ASoundPolicyPasses) {
  for (const ConformanceCase& c : ConformanceCases()) {
    EXPECT_EQ(c.violation(Make(Defect::kNone)), "") << c.name;
  }
}

TEST(Conformance, ADefectIsSeenWhereItShows) {
  const std::pair<const char*, Defect> defects[] = {
      {"StarvesNobody", Defect::kLosesATask},     {"ServesRefusedTasks", Defect::kForgetsRefused},
      {"KeepsAffinity", Defect::kOneCpuForAll},   {"StarvesNobody", Defect::kLastInFirstOut},
      {"UsesEveryCpu", Defect::kHoldsOneBack},    {"AllocatesNothing", Defect::kAllocates},
      {"RepeatsItself", Defect::kUsesWhatIsLeft},
  };
  for (const auto& [name, defect] : defects) {
    const std::string why = ViolationIn(name, defect);
    EXPECT_NE(why, "") << name << " does not see its defect";
    std::cout << name << ": " << why << '\n';
  }
}

TEST(ConformanceDeathTest, ADecisionForATaskThatIsNotHeldEndsTheProgram) {
  EXPECT_DEATH(ViolationIn("LetsGoOfTasks", Defect::kKeepsTheDead), "does not hold");
  EXPECT_DEATH(ViolationIn("LetsGoOfTasks", Defect::kKeepsWithdrawn), "does not hold");
}

}  // namespace
}  // namespace scxx
