// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/interactivity.h"

#include <cstdint>
#include <vector>

#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/fair_policy.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

// The example of interactivity.h.
class LowSlots {
 public:
  LowSlots(const FairParams& params, const PolicyLimits& limits)
      : bound_(params.bound), half_(limits.max_tasks / 2) {}
  void Enter(uint32_t) {}
  void Learn(uint32_t, const TaskRunnable&) {}
  Nanos Penalty(uint32_t slot, Weight, Nanos) const {
    return slot < half_ ? Nanos::Zero() : bound_;
  }
  Nanos Credit(uint32_t) const { return bound_; }
  uint32_t PenaltyPace(Weight) const { return 0; }
  Nanos Protection(uint32_t, Nanos) const { return Nanos::Zero(); }

 private:
  Nanos bound_;
  uint32_t half_;
};
static_assert(InteractivityModel<LowSlots>);
static_assert(!InteractivityModel<int>);

// The example of fair_policy.h.
using MyModel = LowSlots;
class MyPolicy : public FairPolicy<MyModel> {
 public:
  static constexpr char kName[] = "mine";
  static constexpr bool kWakeupPreemption = true;
  MyPolicy(const FairParams& params, const PolicyLimits& limits)
      : FairPolicy(params, limits, MyModel(params, limits)) {}
};
static_assert(Policy<MyPolicy>);
static_assert(TraitsOf<MyPolicy>().wakeup_preemption);

TEST(Interactivity, BendsTheOrder) {
  PolicyDriver<MyPolicy> driver(MyPolicy(FairParams(), kDriverLimits));
  TaskId high = driver.Wake(60);
  TaskId low = driver.Wake(1);
  EXPECT_EQ(driver.ScheduleTasks(), (std::vector<TaskId>{low, high}));
}

}  // namespace
}  // namespace scxx
