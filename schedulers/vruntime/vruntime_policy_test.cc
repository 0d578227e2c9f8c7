// SPDX-License-Identifier: Apache-2.0

#include "schedulers/vruntime/vruntime_policy.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

static_assert(Policy<VruntimePolicy>);

using Tasks = std::vector<TaskId>;

class VruntimePolicyTest : public testing::Test {
 protected:
  Nanos KeyOf(TaskId task) { return driver_.policy().core().key(task) - FairParams().first_clock; }

  PolicyDriver<VruntimePolicy> driver_{VruntimePolicy::Create({}, kDriverLimits).value()};
};

TEST_F(VruntimePolicyTest, AllowsWhatItsTraitsSay) {
  const PolicyTraits traits = TraitsOf(driver_.policy());
  EXPECT_EQ(traits.name, "vruntime");
  EXPECT_TRUE(traits.wakeup_preemption);
  EXPECT_TRUE(traits.direct);
}

TEST_F(VruntimePolicyTest, PutsATaskBackAsItRuns) {
  TaskId task = driver_.Wake(0);
  EXPECT_EQ(KeyOf(task), Micros(500));  // the debit of a new task
  driver_.ScheduleTasks();
  driver_.Runnable(
      0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(1), .ran_since_sleep = Millis(1)});
  EXPECT_EQ(KeyOf(task), Micros(500) + Millis(1) + Millis(1));
  driver_.ScheduleTasks();
  driver_.Runnable(
      0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(5), .ran_since_sleep = Millis(6)});
  EXPECT_EQ(KeyOf(task), Micros(500) + Millis(6) + Millis(4));  // the bound
  driver_.ScheduleTasks();
  driver_.Runnable(0, {.reason = RunnableReason::kWakeup, .ran_since_sleep = Millis(6)});
  EXPECT_EQ(KeyOf(task), Micros(500) + Millis(6));
}

TEST_F(VruntimePolicyTest, WeighsTheRecentRun) {
  TaskId light = driver_.Runnable(0, {.reason = RunnableReason::kSliceEnd,
                                      .weight = Weight::FromNice(5),
                                      .ran = Millis(1),
                                      .ran_since_sleep = Millis(1)});
  EXPECT_EQ(KeyOf(light), Nanos(1'528'358 + 2 * 3'056'716));
}

TEST_F(VruntimePolicyTest, RunsAWokenTaskBeforeHogsOfTheSameService) {
  TaskId hog = driver_.Runnable(
      0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(10), .ran_since_sleep = Millis(10)});
  TaskId woken = driver_.Runnable(1, {.reason = RunnableReason::kWakeup,
                                      .ran = Millis(12),
                                      .ran_since_sleep = Millis(12),
                                      .slept = Millis(1)});
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{woken, hog}));
}

TEST(VruntimePolicyCreate, RefusesOptionsOutOfRange) {
  const absl::StatusOr<VruntimePolicy> policy =
      VruntimePolicy::Create({.slice = absl::Microseconds(50)}, kDriverLimits);
  EXPECT_EQ(policy.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(policy.status().message(), "slice=50us is out of range: choose it from 100us to 1s");
}

}  // namespace
}  // namespace scxx
