// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/fair_policy.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/explanation.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/fair_policy_fixture.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

// ---- Charges ----

TEST_F(FairPolicyTest, ChargesWhatTheTaskRanWhateverTheReason) {
  OneAtATime();
  TaskId task = driver_.Runnable(0, {.reason = RunnableReason::kNew});
  Nanos expected = {};
  for (RunnableReason reason :
       {RunnableReason::kSliceEnd, RunnableReason::kYield, RunnableReason::kPreempted,
        RunnableReason::kRequeue, RunnableReason::kWakeup}) {
    EXPECT_EQ(driver_.ScheduleTasks(), Tasks{task});
    driver_.Runnable(0, {.reason = reason, .ran = Millis(1), .ran_since_sleep = Millis(1)});
    expected += Millis(1);
    EXPECT_EQ(ServiceOf(task), expected) << reason;
  }
}

TEST_F(FairPolicyTest, ChargesARunAtTheWeightItHadWhenItRan) {
  OneAtATime();
  TaskId task = driver_.Runnable(0, {.weight = Weight::FromNice(5)});
  driver_.ScheduleTasks();
  driver_.Runnable(0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(1)});  // nice 0 now
  // 3,056,716 at the old weight; that far ahead in real time at the new one.
  EXPECT_EQ(ServiceOf(task), Nanos(999'999));
  EXPECT_EQ(core().weight(task), Weight());
}

TEST_F(FairPolicyTest, ChargesWhatATaskRanBeforeItExitedToThoseThatFollow) {
  const auto start_of_next = [this] {
    TaskId next = driver_.Wake(5);
    const Nanos start = ServiceOf(next);
    driver_.Exit(next);
    return start;
  };
  EXPECT_EQ(start_of_next(), Nanos::Zero());
  TaskId brief = driver_.Wake(0);
  driver_.ScheduleTasks();
  driver_.Advance(Millis(2));
  driver_.Exit(brief);
  EXPECT_EQ(start_of_next(), Millis(2));
  // One that waited, or was refused, did not run.
  for (uint32_t slot : {0, 1}) driver_.Wake(slot);
  driver_.ScheduleTasks();
  driver_.Refuse(driver_.Task(0));
  driver_.Advance(Millis(1));
  driver_.Exit(driver_.Task(0));
  EXPECT_EQ(start_of_next(), Millis(2));
}

TEST_F(FairPolicyTest, TellsTheModelAboutEveryEvent) {
  driver_.Runnable(3, {.reason = RunnableReason::kSliceEnd, .ran = Micros(7)});
  EXPECT_EQ(driver_.policy().model().learnt.at(3), Micros(7));
}

TEST_F(FairPolicyTest, AdmitsATaskWhateverItsFirstEventSays) {
  TaskId task = driver_.Runnable(0, {.reason = RunnableReason::kWakeup, .ran = Millis(3)});
  EXPECT_EQ(ServiceOf(task), Millis(3));
  driver_.Exit(task);
  TaskId next = driver_.Wake(0);
  EXPECT_EQ(ServiceOf(next), Nanos::Zero());
}

TEST_F(FairPolicyTest, ExplainsWhereATaskStands) {
  TaskId task = driver_.Runnable(0, {.reason = RunnableReason::kSliceEnd,
                                     .weight = Weight::FromLoad(512),
                                     .ran = Millis(1),
                                     .ran_since_sleep = Millis(9)});
  const auto explain = [&] {
    Explanation explanation;
    driver_.policy().Explain(task, &explanation);
    std::map<std::string, int64_t> figures = {{"waits", explanation.waits}};
    for (const Explanation::Figure& f : explanation.figures()) figures[f.name] = f.value;
    return figures;
  };
  using Figures = std::map<std::string, int64_t>;
  EXPECT_EQ(explain(), (Figures{{"waits", 1},
                                {"weight", 512},
                                {"burst", 9'000'000},
                                {"penalty", 4'000'000},
                                {"lag", -2'000'000},
                                {"key", 6'000'000}}));
  driver_.ScheduleTasks();  // moves the clock to it
  EXPECT_EQ(explain()["waits"], 0);
  EXPECT_EQ(explain()["lag"], 0);
  EXPECT_EQ(explain()["key"], 4'000'000);
}

// ---- Order ----

TEST_F(FairPolicyTest, DispatchesTheLeastServedFirst) {
  TaskId a = driver_.Runnable(0, {.ran = Millis(3)});
  TaskId b = driver_.Runnable(1, {.ran = Millis(1)});
  TaskId c = driver_.Runnable(2, {.ran = Millis(2)});
  std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 3u);
  EXPECT_EQ(dispatches[0].task, b);
  EXPECT_EQ(dispatches[1].task, c);
  EXPECT_EQ(dispatches[2].task, a);
  EXPECT_EQ(dispatches[0].cpu, CpuId::Any());
  EXPECT_EQ(dispatches[0].slice, Millis(4));
  EXPECT_TRUE(dispatches[0].order.Before(dispatches[1].order));
}

TEST_F(FairPolicyTest, SharesThePeriodAmongTheTasksOfACpu) {
  for (uint32_t slot = 0; slot < 16; ++slot) driver_.Wake(slot);
  EXPECT_EQ(driver_.Schedule()[0].slice, Millis(3));  // four for each of four CPUs
}

TEST_F(FairPolicyTest, LetsAnInterruptedTaskFinishItsSlice) {
  TaskId task = driver_.Runnable(
      0, {.reason = RunnableReason::kPreempted, .ran = Millis(1), .slice_left = Millis(3)});
  EXPECT_EQ(driver_.Schedule()[0].slice, Millis(3));
  driver_.Runnable(0, {.reason = RunnableReason::kPreempted,
                       .weight = Weight::FromNice(1),
                       .ran = Millis(1),
                       .slice_left = Millis(2)});
  EXPECT_GT(driver_.Schedule()[0].slice, Millis(2));  // measured for another weight
  EXPECT_FALSE(driver_.Holds(task));
}

TEST_F(FairPolicyTest, ForgetsTasksThatLeave) {
  TaskId a = driver_.Wake(0);
  TaskId b = driver_.Wake(1);
  TaskId c = driver_.Wake(2);
  driver_.Withdraw(a);
  driver_.Exit(b);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{c});
  driver_.Exit(c);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{});
}

TEST_F(FairPolicyTest, OffersARefusedTaskFirstAgain) {
  TaskId a = driver_.Wake(0);
  TaskId b = driver_.Runnable(1, {.ran = Millis(1)});
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{a, b}));
  driver_.Refuse(b);
  driver_.Refuse(a);
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{a, b}));
}

class FairPolicyPercpuTest : public testing::TestWithParam<bool> {
 protected:
  static FairParams Params(bool percpu_local) {
    FairParams params = kToldParams;
    params.percpu_local = percpu_local;
    return params;
  }
  PolicyDriver<ToldPolicy> driver_{ToldPolicy({}, Params(GetParam()))};
};
INSTANTIATE_TEST_SUITE_P(PercpuLocal, FairPolicyPercpuTest, testing::Bool());

// Both have run for a while without a sleep. The task that may use two CPUs has had less.
TEST_P(FairPolicyPercpuTest, PrefersTasksOfOneCpuIfAsked) {
  const CpuSet one = CpuSet::Only(CpuId(1));
  CpuSet two = one;
  two.Add(CpuId(2));
  driver_.set_allowed(1, one);
  driver_.set_allowed(2, two);
  const auto end_slice = [&](uint32_t slot, Nanos ran) {
    return driver_.Runnable(
        slot, {.reason = RunnableReason::kSliceEnd, .ran = ran, .ran_since_sleep = Millis(4)});
  };
  const TaskId single = end_slice(1, Millis(3));
  const TaskId either = end_slice(2, Millis(2));
  EXPECT_EQ(driver_.ScheduleTasks(),
            GetParam() ? (Tasks{single, either}) : (Tasks{either, single}));
}

TEST_F(FairPolicyTest, PublishesItsKeys) {
  const FairParams& params = driver_.policy().core().params();
  driver_.Runnable(0, {.weight = Weight::FromNice(5), .ran = Millis(1)});
  const std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  const FairCore& core = driver_.policy().core();
  const TaskId task = dispatches[0].task;
  EXPECT_EQ(dispatches[0].order, core.RunningKey(task, Nanos::Zero(), core.penalty(task)));
  EXPECT_EQ(dispatches[0].lead, core.penalty(task));
  EXPECT_EQ(dispatches[0].pace, 1024u * 1024 / 335 + 3 * 1024) << "its weight's and the model's";
  ASSERT_TRUE(driver_.wakeup_keys().has_value());
  EXPECT_EQ(driver_.wakeup_keys()->floor, core.clock() - params.bound);
  EXPECT_EQ(driver_.wakeup_keys()->margin, params.margin);
}

// Each CPU runs a task, and ten wait that are restricted to different sets of CPUs.
class FairPolicyManySetsTest : public FairPolicyTest {
 protected:
  FairPolicyManySetsTest() {
    for (int cpu = 0; cpu < kDriverLimits.max_cpus; ++cpu) Run(cpu, cpu);
    uint32_t slot = kDriverLimits.max_cpus;
    for (const std::vector<int>& cpus : kSets) {
      Allow(slot, cpus);
      driver_.Runnable(slot++, {.reason = RunnableReason::kWakeup, .ran = Millis(8)});
    }
    driver_.Advance(Millis(2));
  }

  // How often the model is asked in a call that dispatches nothing.
  int Asked() {
    driver_.policy().model().asked = 0;
    EXPECT_TRUE(driver_.Schedule().empty());
    return driver_.policy().model().asked;
  }

  const std::vector<std::vector<int>> kSets = {{0, 1}, {0, 2},    {0, 3},    {1, 2},    {1, 3},
                                               {2, 3}, {0, 1, 2}, {0, 1, 3}, {0, 2, 3}, {1, 2, 3}};
};

TEST_F(FairPolicyManySetsTest, LooksOnceAtWhatRunsWhereNothingFits) {
  Full();
  EXPECT_LE(Asked(), kDriverLimits.max_cpus);
}

TEST_F(FairPolicyManySetsTest, LooksOnceAtWhatIsBackSooner) {
  driver_.set_room({.space = 256});
  EXPECT_LE(Asked(), 2 * kDriverLimits.max_cpus) << "for its turn, and for an interruption";
}

}  // namespace
}  // namespace scxx
