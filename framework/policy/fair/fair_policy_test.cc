// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/fair_policy.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/explanation.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/interactivity.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr FairParams kParams = {.gap = Micros(200), .debit = Nanos::Zero()};

// A model that the test answers for.
class Told {
 public:
  void Enter(uint32_t slot) { penalties[slot] = {}; }
  void Learn(uint32_t slot, const TaskRunnable& r) { learnt[slot] = r.ran; }
  Nanos Penalty(uint32_t slot, Weight, Nanos burst) const {
    return std::max(penalties.at(slot), std::min(burst, Millis(4)));
  }
  Nanos Credit(uint32_t) const { return credit; }
  uint32_t PenaltyPace(Weight) const { return 3 * 1024; }
  Nanos Protection(uint32_t, Nanos burst) const { return protected_until - burst; }

  std::map<uint32_t, Nanos> penalties;
  std::map<uint32_t, Nanos> learnt;
  Nanos credit = Millis(4);
  Nanos protected_until = {};
};
static_assert(InteractivityModel<Told>);

class TestPolicy : public FairPolicy<Told> {
 public:
  static constexpr std::string_view kName = "test";
  explicit TestPolicy(const Told& told = {}, const FairParams& params = kParams)
      : FairPolicy(params, kDriverLimits, told) {}
};
static_assert(Policy<TestPolicy>);

using Tasks = std::vector<TaskId>;

class FairPolicyTest : public testing::Test {
 protected:
  void OneAtATime() { driver_.set_room({.space = 1}); }
  void Full() { driver_.set_room({}); }
  const FairCore& core() { return driver_.policy().core(); }
  Nanos ServiceOf(TaskId task) { return core().service(task).v() - FairParams().first_clock; }

  // The task in `slot` runs on `cpu` from now on, and has had `service` before.
  TaskId Run(uint32_t slot, int cpu, Nanos service = {}) {
    TaskId task = driver_.Runnable(
        slot, {.reason = RunnableReason::kSliceEnd, .prev_cpu = CpuId(cpu), .ran = service});
    driver_.ScheduleTasks();
    driver_.cpu(cpu) = {
        .state = CpuView::State::kRunning, .running = task, .since = driver_.context().now};
    return task;
  }
  void Allow(uint32_t slot, const std::vector<int>& cpus) {
    CpuSet allowed;
    for (int cpu : cpus) allowed.Add(CpuId(cpu));
    driver_.set_allowed(slot, allowed);
  }

  PolicyDriver<TestPolicy> driver_{TestPolicy()};
};

// ---- Looking ahead ----

// One CPU, which `running` has; another CPU runs the agent. There is room for one task behind it.
class FairPolicyAheadTest : public FairPolicyTest {
 protected:
  FairPolicyAheadTest() {
    for (uint32_t slot = 0; slot < 4; ++slot) Allow(slot, {0});
    driver_.set_room_on(0, {.space = 256, .free_cpus = 0});
  }
};

// If the light one were dispatched now, it would follow on every turn of the heavy one.
TEST_F(FairPolicyAheadTest, LeavesTheNextTurnToTheRunningTaskIfItIsItsOwn) {
  TaskId heavy = Run(0, 0, Millis(4));
  TaskId light = driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd,
                                      .weight = Weight::FromNice(10),
                                      .ran = Millis(4),
                                      .ran_since_sleep = Millis(4)});  // 37 ms of virtual time
  driver_.Advance(Millis(2));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{});
  driver_.Runnable(
      0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(4), .ran_since_sleep = Millis(8)});
  driver_.cpu(0) = {.state = CpuView::State::kOther};
  OneAtATime();
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{heavy});
  EXPECT_TRUE(driver_.Holds(light));
}

TEST_F(FairPolicyAheadTest, DispatchesBehindATaskThatHasHadItsShare) {
  Run(0, 0, Millis(4));
  TaskId equal = driver_.Runnable(
      1, {.reason = RunnableReason::kSliceEnd, .ran = Millis(4), .ran_since_sleep = Millis(4)});
  driver_.Advance(Millis(2));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{equal});
}

// It will sleep before its turn is over, and nobody would be there to decide.
TEST_F(FairPolicyAheadTest, DoesNotWaitForATaskOfShortBursts) {
  Run(0, 0);
  TaskId waiting = driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd,
                                        .weight = Weight::FromNice(10),
                                        .ran = Millis(4),
                                        .ran_since_sleep = Millis(4)});
  driver_.Advance(Micros(100));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{waiting});
}

TEST_F(FairPolicyAheadTest, AFreeCpuWaitsForNobody) {
  Run(0, 0, Millis(4));
  driver_.set_room_on(0, {.space = 256, .free_cpus = 1});
  TaskId light = driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd,
                                      .weight = Weight::FromNice(10),
                                      .ran = Millis(4),
                                      .ran_since_sleep = Millis(4)});
  driver_.Advance(Millis(2));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{light});
}

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

// ---- Affinity ----

TEST_F(FairPolicyTest, SendsARestrictedTaskToACpuOfIts) {
  Allow(0, {2});
  driver_.Wake(0);
  EXPECT_EQ(driver_.Schedule()[0].cpu, CpuId(2));
}

TEST_F(FairPolicyTest, IsNotHeldUpByTasksWhoseCpusAreFull) {
  Allow(0, {2});
  Allow(1, {1, 2});
  driver_.set_room_on(2, {});
  TaskId pinned = driver_.Wake(0);
  TaskId pair = driver_.Runnable(1, {.ran = Millis(1)});
  TaskId free = driver_.Runnable(2, {.ran = Millis(2)});
  std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 2u);
  EXPECT_EQ(dispatches[0].task, pair);
  EXPECT_EQ(dispatches[0].cpu, CpuId(1));
  EXPECT_EQ(dispatches[1].task, free);
  driver_.set_room_on(2, {.space = 1});
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{pinned});
}

TEST_F(FairPolicyTest, DispatchesRestrictedTasksWhenTheCommonQueueIsFull) {
  Full();
  driver_.set_room_on(1, {.space = 8, .free_cpus = 1});
  Allow(0, {1});
  TaskId pinned = driver_.Wake(0);
  driver_.Wake(1);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{pinned});
}

class FairPolicyPercpuTest : public testing::TestWithParam<bool> {
 protected:
  static FairParams Params(bool percpu_local) {
    FairParams params = kParams;
    params.percpu_local = percpu_local;
    return params;
  }
  PolicyDriver<TestPolicy> driver_{TestPolicy({}, Params(GetParam()))};
};
INSTANTIATE_TEST_SUITE_P(PercpuLocal, FairPolicyPercpuTest, testing::Bool());

// Both have run for a while without a sleep. The task that may use two CPUs has had less.
TEST_P(FairPolicyPercpuTest, PrefersTasksOfOneCpuIfAsked) {
  CpuSet one;
  one.Add(CpuId(1));
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

// The event that tells is on its way.
TEST_F(FairPolicyTest, DispatchesATaskWhoseAffinityHasJustChangedToWhereItWasQueuedFor) {
  Full();
  driver_.set_room_on(1, {.space = 8, .free_cpus = 1});
  Allow(0, {1});
  driver_.Wake(0);
  Allow(0, {3});
  const std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].cpu, CpuId(1));
}

TEST_F(FairPolicyTest, LooksUpTheAffinityOfATaskThatWasNotAllowed) {
  TaskId task = driver_.Wake(0);
  driver_.ScheduleTasks();
  Allow(0, {3});
  driver_.Refuse(task, RefusedReason::kNotAllowed);
  EXPECT_EQ(driver_.Schedule()[0].cpu, CpuId(3));
}

// ---- Preemption ----

TEST_F(FairPolicyTest, InterruptsWhatIsFarBehind) {
  TaskId near = Run(0, 0, Millis(1)), far = Run(1, 1, Millis(2));
  Full();
  driver_.Advance(Millis(3));  // keys 1 + 3 + 3 and 2 + 3 + 3
  TaskId woken = driver_.Runnable(2, {.reason = RunnableReason::kWakeup});
  std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].task, woken);
  EXPECT_TRUE(dispatches[0].preempt);
  EXPECT_EQ(dispatches[0].cpu, CpuId(1));
  // The next one takes the other CPU; a third finds both being interrupted already.
  TaskId second = driver_.Wake(3);
  dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].task, second);
  EXPECT_EQ(dispatches[0].cpu, CpuId(0));
  driver_.Wake(4);
  EXPECT_TRUE(driver_.Schedule().empty());
  EXPECT_NE(near, far);
}

TEST_F(FairPolicyTest, InterruptsOnlyBeyondTheMargin) {
  Run(0, 0);
  Full();
  driver_.Runnable(1, {.reason = RunnableReason::kWakeup, .ran = Millis(1)});
  driver_.Advance(Millis(1));  // key 1 + 1, against 1 and the margin
  EXPECT_TRUE(driver_.Schedule().empty());
  driver_.Advance(Nanos(1));
  EXPECT_EQ(driver_.Schedule().size(), 1u);
}

TEST_F(FairPolicyTest, InterruptsForWokenAndNewTasksOnly) {
  Run(0, 0);
  Full();
  driver_.Advance(Millis(4));
  TaskId batch = driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd});
  EXPECT_TRUE(driver_.Schedule().empty());
  driver_.Withdraw(batch);
  driver_.Runnable(2, {.reason = RunnableReason::kNew});
  EXPECT_EQ(driver_.Schedule().size(), 1u);
}

TEST_F(FairPolicyTest, InterruptsOnlyWhereTheWaitingTaskMayRun) {
  Run(0, 0);
  Run(1, 1);
  Full();
  driver_.Advance(Millis(4));
  Allow(2, {1, 3});
  driver_.Wake(2);
  std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].cpu, CpuId(1));
}

TEST_F(FairPolicyTest, DoesNotInterruptWhatItDoesNotKnow) {
  Full();
  driver_.cpu(0) = {.state = CpuView::State::kRunning, .running = {.slot = 5, .generation = 9}};
  driver_.cpu(1) = {.state = CpuView::State::kOther};
  driver_.Advance(Seconds(1));
  driver_.Wake(0);
  EXPECT_TRUE(driver_.Schedule().empty());
}

// What waits for any CPU would run next on a free one: a record in that CPU's own ring overtakes
// it.
TEST_F(FairPolicyTest, OvertakesWhatWaitsForAFreeCpu) {
  driver_.Runnable(0, {.ran = Millis(9), .ran_since_sleep = Millis(9)});
  ASSERT_EQ(driver_.Schedule().size(), 1u);  // to any CPU, and nobody has taken it yet
  driver_.set_room({.ahead = Millis(4), .queued = 1});
  driver_.set_room_on(0, {.space = 1, .free_cpus = 1});
  driver_.cpu(0) = {.state = CpuView::State::kOther};  // the agent's own
  const TaskId woken = driver_.Wake(1);
  const std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].task, woken);
  EXPECT_EQ(dispatches[0].cpu, CpuId(0));
  EXPECT_TRUE(dispatches[0].preempt);
}

// A hog's record in a CPU's own ring would be in the way of who wakes next.
TEST_F(FairPolicyTest, HogsDoNotOvertake) {
  driver_.Runnable(0, {.ran = Millis(9), .ran_since_sleep = Millis(9)});
  ASSERT_EQ(driver_.Schedule().size(), 1u);
  driver_.set_room({.ahead = Millis(4), .queued = 1});
  driver_.set_room_on(0, {.space = 1, .free_cpus = 1});
  driver_.cpu(0) = {.state = CpuView::State::kOther};
  driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd, .ran_since_sleep = Millis(9)});
  EXPECT_TRUE(driver_.Schedule().empty());
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

TEST_F(FairPolicyTest, AsksAgainWhenTheGapIsOver) {
  TaskId hog = Run(0, 0);
  Full();
  driver_.Advance(Millis(2));
  TaskId first = driver_.Wake(1);
  ASSERT_EQ(driver_.ScheduleTasks(), Tasks{first});
  EXPECT_EQ(driver_.review_at(), std::nullopt);
  const Instant interrupted = driver_.context().now;

  driver_.Advance(Micros(50));  // the first one is done already
  driver_.cpu(0) = {.state = CpuView::State::kRunning, .running = hog, .since = interrupted};
  driver_.cpu(0).since += Micros(50);
  driver_.Runnable(0, {.reason = RunnableReason::kPreempted,
                       .ran = Millis(2),
                       .ran_since_sleep = Millis(2),
                       .slice_left = Millis(2)});
  driver_.set_room({.space = 1});
  driver_.ScheduleTasks();
  Full();
  TaskId second = driver_.Wake(2);
  EXPECT_TRUE(driver_.Schedule().empty());
  EXPECT_EQ(driver_.review_at(), interrupted + Micros(200));
  driver_.Advance(Micros(149));
  EXPECT_TRUE(driver_.Schedule().empty());
  driver_.Advance(Micros(1));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{second});
}

TEST_F(FairPolicyTest, LetsAProtectedTaskFinish) {
  Told told;
  told.protected_until = Micros(2'100);
  driver_.policy() = TestPolicy(told);
  Run(0, 0);
  Full();
  driver_.Advance(Millis(2));
  TaskId woken = driver_.Wake(1);
  EXPECT_TRUE(driver_.Schedule().empty());
  EXPECT_EQ(driver_.review_at(), driver_.context().now + Micros(100));
  driver_.Advance(Micros(100));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{woken});
}

}  // namespace
}  // namespace scxx
