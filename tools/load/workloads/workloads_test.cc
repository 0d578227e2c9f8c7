// SPDX-License-Identifier: Apache-2.0
// Every workload runs in miniature, on whatever kernel is here, and does exactly the work it was
// given.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tools/load/affinity.h"
#include "tools/load/registry.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/demo.h"
#include "tools/load/workloads/hogs.h"
#include "tools/load/workloads/lifetimes.h"
#include "tools/load/workloads/meddlers.h"
#include "tools/load/workloads/messages.h"
#include "tools/load/workloads/sleepers.h"
#include "tools/load/workloads/wakeups.h"

namespace scxx::load {
namespace {

constexpr absl::Duration kShort = absl::Milliseconds(300);

LoadResult RunOrDie(Workload&& workload) {
  const absl::StatusOr<LoadResult> result = RunLoad(workload);
  EXPECT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->stalled);
  EXPECT_GT(result->wall, Nanos());
  for (const ClassResult& c : result->classes) EXPECT_EQ(c.unfinished, 0) << c.name;
  return *result;
}

double Figure(const LoadResult& result, const std::string& name) {
  const std::optional<double> figure = result.FindFigure(name);
  EXPECT_TRUE(figure.has_value()) << "no figure " << name;
  return figure.value_or(0);
}

TEST(WorkloadsTest, PipePairsCountEveryMessage) {
  const LoadResult result = RunOrDie(PipePairs({.pairs = 3, .messages = 20}));
  EXPECT_EQ(result.ops, 60);
  ASSERT_NE(result.FindClass("pinger"), nullptr);
  EXPECT_EQ(result.FindClass("pinger")->tasks, 3);
  EXPECT_EQ(result.FindClass("pinger")->min_ops, 10);
  EXPECT_EQ(result.FindClass("ponger")->min_ops, 10);
}

TEST(WorkloadsTest, PipePairsCountWhatTheyDoNotStamp) {
  EXPECT_EQ(RunOrDie(PipePairs({.pairs = 1, .messages = 20, .stamp_every = 7})).ops, 20);
}

TEST(WorkloadsTest, PingPongTimesEveryRoundTrip) {
  const LoadResult result = RunOrDie(PingPong({.round_trips = 10, .message_bytes = 4096}));
  EXPECT_EQ(result.ops, 10);
  EXPECT_EQ(result.FindClass("pinger")->latency.count(), 10);
  EXPECT_EQ(result.FindClass("ponger")->ops, 0);
}

TEST(WorkloadsTest, YieldersYield) {
  const LoadResult result = RunOrDie(Yielders({.tasks = 3, .yields = 5}));
  EXPECT_EQ(result.ops, 15);
  EXPECT_EQ(result.FindClass("yielder")->max_ops, 5);
}

TEST(WorkloadsTest, PeriodicMeasuresEveryWakeup) {
  const LoadResult result = RunOrDie(
      Periodic({.period = absl::Milliseconds(1), .work = 1, .hogs = 1, .duration = kShort}));
  const ClassResult* periodic = result.FindClass("periodic");
  ASSERT_NE(periodic, nullptr);
  EXPECT_GT(periodic->ops, 0);
  EXPECT_EQ(periodic->latency.count(), periodic->ops);
  EXPECT_EQ(result.ops, periodic->ops);  // Hogs are beside the point.
  EXPECT_GE(periodic->max_gap, Millis(1));
  EXPECT_GE(Figure(result, "missed_periods"), 0);
}

TEST(WorkloadsTest, PeriodicHasAPinnedTaskForEachCpu) {
  const LoadResult result = RunOrDie(Periodic(
      {.period = absl::Milliseconds(1), .work = 1, .hogs = 0, .duration = kShort, .pinned = true}));
  ASSERT_NE(result.FindClass("pinned"), nullptr);
  EXPECT_EQ(result.FindClass("pinned")->tasks, AllowedCpus().size());
  EXPECT_EQ(result.ops, result.FindClass("periodic")->ops);
}

TEST(WorkloadsTest, PeriodicRefusesAPeriodOfZero) {
  Periodic periodic({.period = absl::ZeroDuration()});
  EXPECT_EQ(RunLoad(periodic).status().message(), "--period must be greater than zero");
}

TEST(WorkloadsTest, NiceMixSharesAddUpToOne) {
  const LoadResult result = RunOrDie(NiceMix({.nices = {0, 5}, .duration = kShort}));
  EXPECT_NEAR(Figure(result, "share.0") + Figure(result, "share.1"), 1.0, 0.001);
  EXPECT_GE(Figure(result, "worst_ratio"), 1.0);
}

TEST(WorkloadsTest, ForkStormForksAndReaps) {
  EXPECT_EQ(RunOrDie(ForkStorm({.workers = 2, .forks = 3})).ops, 6);
}

TEST(WorkloadsTest, ForkStormExecs) {
  EXPECT_EQ(RunOrDie(ForkStorm({.workers = 1, .forks = 2, .exec = "/proc/self/exe"})).ops, 2);
}

TEST(WorkloadsTest, ForkStormRefusesAMissingProgram) {
  ForkStorm storm({.exec = "/nonexistent"});
  EXPECT_EQ(RunLoad(storm).status().message(), "--exec=/nonexistent: not an executable file");
}

TEST(WorkloadsTest, AffinityIsNeverViolated) {
  const LoadResult result = RunOrDie(AffinityMeddlers({.tasks = 3, .steps = 20, .work = 5}));
  EXPECT_EQ(result.ops, 60);
  EXPECT_EQ(Figure(result, "violations"), 0);
}

TEST(WorkloadsTest, NiceMeddlersTakeEveryStep) {
  EXPECT_EQ(RunOrDie(NiceMeddlers({.tasks = 3, .steps = 20, .work = 5})).ops, 60);
}

TEST(WorkloadsTest, MessagingReceivesEveryMessage) {
  for (const bool threads : {false, true}) {
    const LoadResult result =
        RunOrDie(Messaging({.groups = 2, .fan = 3, .messages = 4, .threads = threads}));
    EXPECT_EQ(result.ops, 2 * 3 * 3 * 4);
    EXPECT_EQ(result.FindClass("receiver")->min_ops, 3 * 4);
    EXPECT_EQ(result.FindClass("sender")->tasks, 6);
  }
}

TEST(WorkloadsTest, WakeupTreeServesEveryRequest) {
  const LoadResult result =
      RunOrDie(WakeupTree({.messengers = 2, .workers = 3, .requests = 5, .work = 1}));
  EXPECT_EQ(result.ops, 2 * 3 * 5);
  EXPECT_EQ(result.FindClass("worker")->latency.count(), 2 * 3 * 5);
  EXPECT_EQ(result.FindClass("messenger")->tasks, 2);
}

TEST(WorkloadsTest, HerdWakesEverybodyEveryRound) {
  for (const char* kind : {"futex", "condvar", "eventfd"}) {
    const LoadResult result = RunOrDie(Herd({.waiters = 20, .rounds = 5, .kind = kind}));
    EXPECT_EQ(result.ops, 100) << kind;
    EXPECT_EQ(result.FindClass("waiter")->min_ops, 5) << kind;
    EXPECT_EQ(result.FindClass("waiter")->latency.count(), 100) << kind;
  }
}

TEST(WorkloadsTest, BimodalDoesEveryShortJob) {
  const LoadResult result = RunOrDie(Bimodal({.short_tasks = 2,
                                              .jobs = 3,
                                              .short_work = 1,
                                              .long_tasks = 1,
                                              .long_work = 2,
                                              .pause = absl::Microseconds(10)}));
  EXPECT_EQ(result.ops, 6);
  EXPECT_EQ(result.FindClass("short")->latency.count(), 6);
  EXPECT_EQ(result.FindClass("long")->tasks, 1);
}

TEST(WorkloadsTest, IdleDoesNothing) {
  const LoadResult result = RunOrDie(Idle({.duration = absl::Milliseconds(20)}));
  EXPECT_EQ(result.ops, 0);
  EXPECT_GE(Figure(result, "machine_switches_per_second"), 0);
}

TEST(WorkloadsTest, ExitsKillsAndReaps) {
  const LoadResult result = RunOrDie(Exits({.killers = 2, .kills = 6, .work = 5}));
  EXPECT_EQ(result.ops, 12);
  EXPECT_EQ(result.FindClass("killer")->latency.count(), 12);
}

TEST(WorkloadsTest, MixedKindsTakesEveryTurn) {
  const LoadResult result = RunOrDie(
      MixedKinds({.processes = 2, .threaded_processes = 2, .threads = 3, .turns = 4, .work = 5}));
  EXPECT_EQ(result.ops, (2 + 2 * 3) * 4);
  EXPECT_EQ(result.FindClass("thread")->tasks, 6);
}

TEST(WorkloadsTest, DemoRunsEverything) {
  const LoadResult result = RunOrDie(Demo({.duration = kShort}));
  for (const char* name : {"sleeper", "pinger", "ponger", "hog", "forker"}) {
    ASSERT_NE(result.FindClass(name), nullptr) << name;
    EXPECT_GT(result.FindClass(name)->ops, 0) << name;
  }
}

TEST(RegistryTest, EveryWorkloadIsFoundByItsName) {
  for (const RegisteredWorkload& entry : AllWorkloads()) {
    const std::string name = entry.make()->name();
    ASSERT_NE(MakeWorkload(name), nullptr);
    EXPECT_EQ(MakeWorkload(name)->name(), name);
  }
  EXPECT_EQ(MakeWorkload("nope"), nullptr);
}

}  // namespace
}  // namespace scxx::load

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "exit") return 0;  // A child of ForkStormExecs.
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
