// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/core/fair_core.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using Arrival = FairCore::Arrival;

constexpr PolicyLimits kLimits{.max_tasks = 16, .max_cpus = 4};

bool Anywhere(const CpuSet*) { return true; }

// Points on the virtual clock are written as the distance from where it started.
class FairCoreTest : public testing::Test {
 protected:
  static constexpr TaskId kX{0, 1}, kY{1, 1}, kZ{2, 1};
  static constexpr TaskId kMover{15, 1};

  // Exact slices, no debit: figures are easy to follow.
  static FairParams Params() {
    FairParams params;
    params.debit = Nanos::Zero();
    params.tick = Millis(1);
    return params;
  }
  void Use(const FairParams& params) { core_ = std::make_unique<FairCore>(params, kLimits); }

  Nanos Since(Vtime v) const { return v - FairParams().first_clock; }
  Nanos V() const { return Since(core_->clock()); }
  Nanos ServiceOf(TaskId task) const { return Since(core_->service(task).v()); }

  // A new task that has received `service`.
  void Enter(TaskId task, Nanos service, Weight weight = Weight()) {
    core_->Enter(task, weight);
    core_->Charge(task, service - ServiceOf(task));
    ASSERT_EQ(ServiceOf(task), service);
  }
  void Insert(TaskId task, Arrival arrival, Nanos penalty = {}) {
    core_->Insert(task, arrival,
                  {.now = now_, .penalty = penalty, .credit = core_->params().bound});
  }
  void Interrupted(TaskId task, Nanos left, Nanos penalty) {
    core_->Insert(task, Arrival::kInterrupted, {.now = now_, .penalty = penalty, .left = left});
  }
  Nanos KeyOf(TaskId task) const { return Since(core_->key(task)); }
  FairCore::Turn Pick(int64_t runnable = 1) { return core_->Pick(now_, runnable, Anywhere); }

  // Another task runs until the clock shows `to`.
  void MoveClock(Nanos to) {
    core_->Enter(kMover, Weight());
    while (V() < to) {
      core_->Charge(kMover, std::min(Millis(4), to - ServiceOf(kMover)));
      Insert(kMover, Arrival::kTurnOver);
      ASSERT_EQ(Pick().task, kMover);
    }
    core_->Leave(kMover);
  }

  Instant now_;
  std::unique_ptr<FairCore> core_ = std::make_unique<FairCore>(Params(), kLimits);
};

// The example of fair_core.h.
TEST_F(FairCoreTest, RunsTheExampleOfTheHeader) {
  const TaskId task = kX;
  const Nanos ran = Millis(1);
  FairCore core(FairParams(), kLimits);
  core.Enter(task, Weight());
  core.Charge(task, ran);
  core.Insert(task, FairCore::Arrival::kTurnOver, {.now = now_, .penalty = Millis(4)});
  FairCore::Turn turn = core.Pick(now_, 1, Anywhere);
  EXPECT_EQ(turn.task, task);
  EXPECT_EQ(turn.slice, Millis(4));
}

TEST_F(FairCoreTest, OrdersByServiceAndPenaltyAndMovesTheClock) {
  Enter(kX, Millis(99));
  Enter(kY, Millis(101));
  Enter(kZ, Millis(20));
  MoveClock(Millis(100));
  Insert(kX, Arrival::kTurnOver, Millis(4));  // a burst of 6 ms
  Insert(kY, Arrival::kRested);
  Insert(kZ, Arrival::kRested);
  EXPECT_EQ(KeyOf(kX), Millis(103));
  EXPECT_EQ(KeyOf(kY), Millis(101));
  EXPECT_EQ(KeyOf(kZ), Millis(96));
  EXPECT_EQ(ServiceOf(kZ), Millis(96));
  EXPECT_EQ(Pick().task, kZ);
  EXPECT_EQ(V(), Millis(100));
  EXPECT_EQ(Pick().task, kY);
  EXPECT_EQ(V(), Millis(101));
  EXPECT_EQ(Pick().task, kX);
  EXPECT_EQ(V(), Millis(101));
  EXPECT_FALSE(Pick().task.IsTask());
}

TEST_F(FairCoreTest, PreemptsOnlyWhatIsBehindByMoreThanTheMargin) {
  Enter(kX, Millis(99));
  const auto beats = [this](Nanos key) {
    return core_->Beats(FairParams().first_clock + key,
                        core_->RunningKey(kX, Millis(1), Millis(4)));
  };
  EXPECT_EQ(Since(core_->RunningKey(kX, Millis(1), Millis(4))), Millis(104));
  EXPECT_TRUE(beats(Millis(101)));
  EXPECT_FALSE(beats(Micros(103'500)));
  EXPECT_FALSE(beats(Millis(103)));
  EXPECT_TRUE(beats(Millis(103) - Nanos(1)));
}

TEST_F(FairCoreTest, ChargesANewTaskInAdvance) {
  Use(FairParams());
  const struct {
    uint32_t load;
    int64_t debit;
  } cases[] = {{1024, 500'000}, {335, 1'528'358}, {110, 4'654'545}};
  for (const auto& c : cases) {
    core_->Enter(kX, Weight::FromLoad(c.load));
    EXPECT_EQ(ServiceOf(kX), Nanos(c.debit)) << c.load;
    core_->Leave(kX);
  }
}

TEST_F(FairCoreTest, LetsANewTaskInheritWhatTheLastToLeaveOwed) {
  FairParams params = Params();
  params.debit = Micros(500);
  Use(params);
  MoveClock(Millis(100));
  const auto start_of = [this](Weight weight) {
    core_->Enter(kY, weight);
    const Nanos start = ServiceOf(kY);
    core_->Leave(kY);  // without having run
    return start;
  };
  EXPECT_EQ(start_of(Weight()), Micros(100'500));
  EXPECT_EQ(start_of(Weight()), Micros(100'500));
  // One that had several turns.
  Enter(kX, Millis(101));
  for (int turn = 0; turn < 2; ++turn) {
    Insert(kX, Arrival::kTurnOver);
    core_->Remove(kX);
  }
  core_->Leave(kX, Millis(1));
  EXPECT_EQ(start_of(Weight()), Micros(102'500));
  // In real time: a light task pays more for the same.
  EXPECT_EQ(start_of(Weight::FromLoad(512)), Millis(105));
  // Not less because another left that owed less.
  core_->Enter(kX, Weight());
  core_->Leave(kX);
  EXPECT_EQ(start_of(Weight()), Micros(102'500));
  // Brief ones, of which each started the next, add up; to a turn.
  core_->Enter(kX, Weight());
  core_->Leave(kX, Millis(1));
  EXPECT_EQ(start_of(Weight()), Micros(103'500));
  core_->Enter(kX, Weight());
  core_->Leave(kX, Seconds(1));
  EXPECT_EQ(start_of(Weight()), Millis(105));
}

TEST_F(FairCoreTest, ForgetsWhatTheLastToLeaveOwedWhenTheClockHasPassed) {
  core_->Enter(kX, Weight());
  core_->Leave(kX, Millis(3));
  core_->Enter(kY, Weight());
  EXPECT_EQ(ServiceOf(kY), Millis(3));
  core_->Leave(kY);
  MoveClock(Millis(100));
  core_->Enter(kY, Weight());
  EXPECT_EQ(ServiceOf(kY), Millis(100));
}

TEST_F(FairCoreTest, KeepsTheRealDistanceToTheClockWhenTheWeightChanges) {
  MoveClock(Millis(100));
  Enter(kX, Millis(102), Weight::FromLoad(1024));
  EXPECT_TRUE(core_->SetWeight(kX, Weight::FromLoad(110)));
  EXPECT_EQ(ServiceOf(kX), Nanos(118'618'181));
  EXPECT_FALSE(core_->SetWeight(kX, Weight::FromLoad(110)));
  EXPECT_EQ(core_->weight(kX), Weight::FromLoad(110));
}

TEST_F(FairCoreTest, BoundsTheDistanceWhenTheWeightChanges) {
  MoveClock(Millis(98));
  core_->Enter(kX, Weight::FromLoad(1024));
  MoveClock(Millis(99));
  core_->Enter(kY, Weight::FromLoad(110));
  MoveClock(Millis(100));
  core_->SetWeight(kX, Weight::FromLoad(110));
  core_->SetWeight(kY, Weight::FromLoad(1024));
  EXPECT_EQ(ServiceOf(kX), Millis(96));
  EXPECT_EQ(ServiceOf(kY), Nanos(99'892'579));
  Enter(kZ, Millis(300));
  core_->SetWeight(kZ, Weight::FromLoad(335));
  EXPECT_EQ(ServiceOf(kZ), Millis(100) + Nanos(9'170'149));
}

// A task's pick, and its counter and the clock just after it.
struct Step {
  char task;
  int64_t service, clock;
};

TEST_F(FairCoreTest, AlternatesTwoHogsByWeight) {
  const Step steps[] = {
      {'A', 4'000'000, 0},           {'B', 6'113'432, 0},           {'A', 8'000'000, 4'000'000},
      {'B', 12'226'865, 6'113'432},  {'A', 12'000'000, 8'000'000},  {'A', 16'000'000, 12'000'000},
      {'B', 18'340'298, 12'226'865}, {'A', 20'000'000, 16'000'000}, {'B', 24'453'731, 18'340'298},
      {'A', 24'000'000, 20'000'000}, {'A', 28'000'000, 24'000'000}, {'B', 30'567'164, 24'453'731},
  };
  const TaskId a = kX, b = kY;
  Enter(a, Nanos::Zero(), Weight::FromLoad(1024));
  Enter(b, Nanos::Zero(), Weight::FromLoad(335));
  Insert(a, Arrival::kTurnOver, Millis(4));
  Insert(b, Arrival::kTurnOver, Millis(4));
  for (const Step& step : steps) {
    const FairCore::Turn turn = Pick(2);
    EXPECT_EQ(turn.task, step.task == 'A' ? a : b);
    EXPECT_EQ(turn.slice, step.task == 'A' ? Millis(4) : Millis(2));
    EXPECT_EQ(V(), Nanos(step.clock));
    core_->Charge(turn.task, turn.slice);
    EXPECT_EQ(ServiceOf(turn.task), Nanos(step.service));
    Insert(turn.task, Arrival::kTurnOver, Millis(4));
  }
}

TEST_F(FairCoreTest, LiftsARestedTaskAcrossTheWrap) {
  constexpr Nanos kWrap = Seconds(5);
  MoveClock(kWrap - Millis(11));
  core_->Enter(kX, Weight());
  core_->Enter(kY, Weight());
  MoveClock(kWrap - Millis(1));
  EXPECT_EQ(core_->clock(), Vtime(-uint64_t{1'000'000}));
  Insert(kX, Arrival::kRested);
  EXPECT_EQ(core_->service(kX).v(), Vtime(-uint64_t{5'000'000}));
  core_->Charge(kY, Millis(11));
  Insert(kY, Arrival::kTurnOver);
  EXPECT_EQ(core_->service(kY).v(), Vtime(0));
  EXPECT_EQ(Pick().task, kX);
  EXPECT_EQ(Pick().task, kY);
  EXPECT_EQ(core_->clock(), Vtime(0));
}

TEST_F(FairCoreTest, LimitsTheCreditForSleepToWhatThePolicyGrants) {
  core_->Enter(kX, Weight());
  MoveClock(Millis(100));
  core_->Insert(kX, Arrival::kRested, {.credit = Millis(1)});
  EXPECT_EQ(ServiceOf(kX), Millis(99));
}

TEST_F(FairCoreTest, ForgivesWhatIsFarBeyondTheClock) {
  Enter(kX, Millis(500));
  Insert(kX, Arrival::kTurnOver);
  EXPECT_EQ(ServiceOf(kX), Millis(10));  // twice a slice and a tick
}

TEST_F(FairCoreTest, LetsAnInterruptedTaskKeepItsPlaceAmongTheRest) {
  Enter(kX, Millis(10));
  Insert(kX, Arrival::kTurnOver, Millis(4));
  Pick();
  core_->Interrupt(kX, FairParams().first_clock + Millis(11));
  core_->Charge(kX, Millis(1));
  Interrupted(kX, Millis(3), Millis(4));
  EXPECT_EQ(KeyOf(kX), Millis(14));
  EXPECT_EQ(Pick().slice, Millis(3));
}

TEST_F(FairCoreTest, EndsTheTurnOfAnInterruptedTaskThatWouldWinAgain) {
  for (Nanos by : {Millis(14), Millis(15)}) {  // its own key is 14 ms
    Use(Params());
    Enter(kX, Millis(10));
    Insert(kX, Arrival::kTurnOver, Millis(4));
    Pick();
    core_->Interrupt(kX, FairParams().first_clock + by);
    core_->Charge(kX, Millis(1));
    Interrupted(kX, Millis(3), Millis(4));
    EXPECT_EQ(KeyOf(kX), Millis(15)) << by;
    EXPECT_EQ(Pick().slice, Millis(4)) << by;
  }
}

TEST_F(FairCoreTest, ComparesAnInterruptedTaskWithTheFirstInTheQueue) {
  Enter(kX, Millis(5));
  Enter(kY, Millis(6));
  Enter(kZ, Millis(4));
  Insert(kX, Arrival::kTurnOver);
  Pick();
  Insert(kY, Arrival::kRested);
  core_->Charge(kX, Millis(2));
  Interrupted(kX, Millis(2), Nanos::Zero());
  EXPECT_EQ(KeyOf(kX), Millis(7));  // 5 would have won again
  core_->Remove(kX);
  Insert(kX, Arrival::kTurnOver);
  Pick();  // 6
  Pick();  // 7
  Insert(kZ, Arrival::kRested);
  core_->Charge(kX, Millis(1));
  Interrupted(kX, Millis(3), Nanos::Zero());
  EXPECT_EQ(KeyOf(kX), Millis(7));  // behind 4 ms from the start
}

TEST_F(FairCoreTest, CountsALittleRestOfASliceAsNone) {
  Enter(kX, Millis(10));
  Insert(kX, Arrival::kTurnOver);
  Pick();
  core_->Charge(kX, Micros(3'800));
  Interrupted(kX, Micros(200), Nanos::Zero());
  EXPECT_EQ(KeyOf(kX), Micros(13'800));
  EXPECT_EQ(Pick().slice, Millis(4));
}

TEST_F(FairCoreTest, TakesTheOldestWhenItHasWaitedTooLong) {
  Use({.age = Millis(10), .debit = Nanos::Zero()});
  Enter(kX, Millis(30));
  Insert(kX, Arrival::kTurnOver);
  now_ += Millis(10);
  Enter(kY, Nanos::Zero());
  std::vector<TaskId> picked;
  for (int i = 0; i < 9; ++i) {
    Insert(kY, Arrival::kTurnOver);
    now_ += Nanos(1);
    const Vtime before = core_->clock();
    const FairCore::Turn turn = Pick();
    picked.push_back(turn.task);
    if (turn.task != kX) continue;
    EXPECT_EQ(core_->clock(), before);
    core_->Remove(kY);
    now_ += Millis(20);
    Insert(kX, Arrival::kTurnOver);
    now_ += Millis(20);
  }
  EXPECT_EQ(picked, (std::vector<TaskId>{kX, kY, kY, kY, kX, kY, kY, kY, kX}));
}

TEST_F(FairCoreTest, PutsATaskBackWhereItStood) {
  Enter(kX, Millis(5));
  Enter(kY, Millis(7));
  Insert(kX, Arrival::kTurnOver, Millis(1));
  Insert(kY, Arrival::kTurnOver);
  EXPECT_EQ(Pick().task, kX);
  core_->PutBack(kX, now_, nullptr);
  EXPECT_EQ(KeyOf(kX), Millis(6));
  EXPECT_EQ(Pick().task, kX);
}

TEST_F(FairCoreTest, KnowsATaskUntilItLeaves) {
  EXPECT_FALSE(core_->Knows(kX));
  EXPECT_FALSE(core_->Remove(kX));
  core_->Enter(kX, Weight());
  EXPECT_TRUE(core_->Knows(kX));
  EXPECT_FALSE(core_->Knows({kX.slot, kX.generation + 1}));
  Insert(kX, Arrival::kRested);
  EXPECT_TRUE(core_->Waits(kX));
  EXPECT_TRUE(core_->Rested(kX));
  core_->Leave(kX);
  EXPECT_FALSE(core_->Knows(kX));
  EXPECT_TRUE(core_->empty());
  core_->Leave(kX);
}

// The clock is for those who may go everywhere: a light task that has a CPU for itself is far ahead
// of it, and would take it along.
TEST_F(FairCoreTest, KeepsTheClockWhenATaskOfAFreeCpuGoesOutOfTurn) {
  const CpuSet cpu1 = CpuSet::Only(CpuId(1));
  Enter(kX, Millis(3));
  Enter(kY, Nanos::Zero(), Weight::FromNice(19));
  core_->Charge(kY, Millis(2));
  Insert(kX, Arrival::kTurnOver);
  core_->Insert(kY, Arrival::kTurnOver, {.now = now_, .allowed = &cpu1});
  const auto only_cpu1 = [](const CpuSet* cpus) { return cpus != nullptr; };
  EXPECT_EQ(core_->Pick(now_, 1, only_cpu1).task, kY);
  EXPECT_EQ(V(), Nanos::Zero());
  EXPECT_EQ(Pick().task, kX);
  EXPECT_EQ(V(), Millis(3));
  // In turn it moves the clock like any other.
  core_->Insert(kY, Arrival::kTurnOver, {.now = now_, .allowed = &cpu1});
  EXPECT_EQ(Pick().task, kY);
  EXPECT_EQ(V(), ServiceOf(kY));
  EXPECT_GT(V(), Millis(100));
}

TEST_F(FairCoreTest, PassesOverTasksWhoseCpusAreTaken) {
  const CpuSet pin = CpuSet::FirstN(1);
  Enter(kX, Millis(1));
  core_->Insert(kX, Arrival::kRested, {.allowed = &pin});
  Enter(kY, Millis(2));
  Insert(kY, Arrival::kRested);
  EXPECT_TRUE(core_->Restricted(kX));
  EXPECT_EQ(*core_->cpus(kX), pin);
  EXPECT_EQ(core_->First(Anywhere), kX);
  EXPECT_EQ(core_->Pick(now_, 1, [](const CpuSet* cpus) { return cpus == nullptr; }).task, kY);
}

}  // namespace
}  // namespace scxx
