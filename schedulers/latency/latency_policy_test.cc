// SPDX-License-Identifier: Apache-2.0

#include "schedulers/latency/latency_policy.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/cpu.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"
#include "schedulers/latency/burst_score.h"

namespace scxx {
namespace {

static_assert(Policy<LatencyPolicy>);

using Tasks = std::vector<TaskId>;

TEST(BurstAndDuty, TurnsTheScoreIntoAPenaltyAndACredit) {
  BurstAndDuty model(Millis(8), Millis(4), kDriverLimits);
  model.Enter(0);
  model.Learn(0, {.reason = RunnableReason::kNew});
  EXPECT_EQ(model.score(0).Value(Nanos::Zero()), 307);
  EXPECT_EQ(model.Penalty(0, Weight(), Nanos::Zero()), Nanos(5'601'563));
  EXPECT_EQ(model.Credit(0), Millis(4) + Nanos(1'199'218));
  // A hog.
  model.Learn(
      0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(100), .ran_since_sleep = Millis(100)});
  EXPECT_EQ(model.Penalty(0, Weight(), Millis(100)), Millis(8));
  EXPECT_EQ(model.Credit(0), Millis(4));
}

// A burst of 200 us and a sleep of 10 ms, `times`.
void Rehearse(BurstAndDuty* model, uint32_t slot, int times) {
  for (int i = 0; i < times; ++i) {
    model->Learn(slot, {.reason = RunnableReason::kWakeup,
                        .ran = Micros(200),
                        .ran_since_sleep = Micros(200),
                        .slept = Millis(10)});
  }
}

TEST(BurstAndDuty, PrefersShortBurstsAsLongAsTheyAreShort) {
  BurstAndDuty model(Millis(8), Millis(4), kDriverLimits);
  Rehearse(&model, 0, 40);
  EXPECT_EQ(model.Penalty(0, Weight(), Nanos::Zero()), Nanos::Zero());
  EXPECT_EQ(model.Credit(0), Millis(8));
  EXPECT_EQ(model.Penalty(0, Weight(), Millis(8)), Millis(8));
}

TEST(BurstAndDuty, ProtectsWhatIsNearlyDone) {
  BurstAndDuty model(Millis(8), Millis(4), kDriverLimits);
  Rehearse(&model, 0, 100);
  const Nanos usual = model.score(0).usual_burst();
  EXPECT_EQ(model.Protection(0, usual - Micros(101)), Nanos::Zero());
  EXPECT_EQ(model.Protection(0, usual - Micros(100)), Micros(100));
  EXPECT_EQ(model.Protection(0, usual), Nanos::Zero());
  // Not a hog, whatever it does.
  model.Learn(
      0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(500), .ran_since_sleep = Millis(500)});
  EXPECT_EQ(model.Protection(0, usual - Micros(50)), Nanos::Zero());
}

TEST(BurstAndDuty, CountsNoMoreThanTheBurstWhenRunsWentUnseen) {
  BurstAndDuty seen(Millis(8), Millis(4), kDriverLimits);
  BurstAndDuty unseen(Millis(8), Millis(4), kDriverLimits);
  Rehearse(&seen, 0, 20);
  Rehearse(&unseen, 0, 19);
  // The kernel dispatched it for a second by itself; the last burst is an ordinary one.
  unseen.Learn(0, {.reason = RunnableReason::kWakeup,
                   .ran = Millis(50),
                   .ran_since_sleep = Micros(200),
                   .slept = Millis(10)});
  EXPECT_EQ(unseen.score(0).DutyFactor(), seen.score(0).DutyFactor());
  // Without a known sleep a wakeup does not make a hog.
  unseen.Learn(
      0, {.reason = RunnableReason::kWakeup, .ran = Seconds(1), .ran_since_sleep = Seconds(1)});
  EXPECT_EQ(unseen.score(0).DutyFactor(), seen.score(0).DutyFactor());
}

class LatencyPolicyTest : public testing::Test {
 protected:
  // A known task of short bursts, asleep.
  void Teach(uint32_t slot) {
    driver_.policy().OnRunnable(driver_.context(), {.task = driver_.Task(slot)});
    for (int i = 0; i < 100; ++i) {
      driver_.policy().OnWithdrawn(driver_.context(), {.task = driver_.Task(slot)});
      driver_.policy().OnRunnable(driver_.context(), {.task = driver_.Task(slot),
                                                      .reason = RunnableReason::kWakeup,
                                                      .ran_since_sleep = Micros(200),
                                                      .slept = Millis(10)});
    }
    driver_.policy().OnWithdrawn(driver_.context(), {.task = driver_.Task(slot)});
  }

  PolicyDriver<LatencyPolicy> driver_{LatencyPolicy::Create({}, kDriverLimits).value()};
};

TEST_F(LatencyPolicyTest, AllowsWhatItsTraitsSay) {
  const PolicyTraits traits = TraitsOf(driver_.policy());
  EXPECT_EQ(traits.name, "latency");
  EXPECT_TRUE(traits.wakeup_preemption);
  EXPECT_TRUE(traits.direct);
}

TEST_F(LatencyPolicyTest, RunsAShortTaskBeforeARestedLongOne) {
  Teach(1);
  TaskId hog = driver_.Runnable(
      0, {.reason = RunnableReason::kWakeup, .ran_since_sleep = Millis(50), .slept = Seconds(1)});
  TaskId brief = driver_.Runnable(1, {.reason = RunnableReason::kWakeup,
                                      .ran = Millis(3),
                                      .ran_since_sleep = Micros(200),
                                      .slept = Millis(10)});
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{brief, hog}));
}

TEST_F(LatencyPolicyTest, LetsAShortTaskFinishBeforeAnother) {
  Teach(0);
  Teach(1);
  TaskId running = driver_.Runnable(0, {.reason = RunnableReason::kWakeup,
                                        .ran = Millis(6),
                                        .ran_since_sleep = Micros(200),
                                        .slept = Millis(1)});
  ASSERT_EQ(driver_.ScheduleTasks(), Tasks{running});
  driver_.cpu(0) = {.state = CpuView::State::kRunning, .running = running};
  driver_.set_room({});
  driver_.Advance(Micros(150));
  TaskId woken = driver_.Runnable(
      1, {.reason = RunnableReason::kWakeup, .ran_since_sleep = Micros(200), .slept = Millis(10)});
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{});
  ASSERT_NE(driver_.review_at(), std::nullopt);
  driver_.Advance(*driver_.review_at() - driver_.context().now);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{woken});
}

TEST(LatencyPolicyCreate, RefusesOptionsOutOfRange) {
  const auto error = [](const LatencyOptions& options) {
    return LatencyPolicy::Create(options, kDriverLimits).status();
  };
  EXPECT_TRUE(error({}).ok());
  LatencyOptions options;
  options.fair.period = absl::ZeroDuration();
  EXPECT_EQ(error(options),
            absl::InvalidArgumentError("period=0 is out of range: choose it from 100us to 1s"));
  EXPECT_EQ(error({.credit_min = absl::Milliseconds(9)}),
            absl::InvalidArgumentError("credit_min=9ms is out of range: choose it from 0 to 8ms"));
}

}  // namespace
}  // namespace scxx
