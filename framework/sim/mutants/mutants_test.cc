// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/mutants/mutants.h"

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "framework/policy/policy.h"
#include "framework/policy/testing/defective_fifos.h"
#include "framework/policy/testing/test_fifo.h"
#include "framework/sim/campaign.h"
#include "framework/sim/simulation.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx::sim {
namespace {

using testing::StartsWith;

constexpr uint64_t kSeeds = 120;

SimulatedPolicy Fifo() { return Simulated<FifoPolicy>(); }

// The first campaign run that fails; a run that passed if none does.
RunResult FirstFailure(MakeDispatcher dispatcher, const SimulatedPolicy& policy) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimulationOptions options = CampaignRun(seed);
    options.dispatcher = dispatcher;
    const RunResult result = RunSimulation(options, policy);
    if (!result.ok()) return result;
  }
  return {};
}

// ---- the dispatcher ----

struct Mutant {
  const char* name;
  MakeDispatcher make;
  const char* checker;
};
std::ostream& operator<<(std::ostream& os, const Mutant& mutant) { return os << mutant.name; }

constexpr Mutant kMutants[] = {
    {"AffinityUnchecked", AffinityUnchecked, "ejected"},
    {"AgentForgetsKicks", AgentForgetsKicks, "idle"},
    {"CancelledNotCounted", CancelledNotCounted, "balance"},
    {"CountNotRaised", CountNotRaised, "idle"},
    {"CustodyNotTaken", CustodyNotTaken, "lost"},
    {"EnqueueCountUnchecked", EnqueueCountUnchecked, "record"},
    {"EventRingOverrun", EventRingOverrun, "rings"},
    {"ForgottenCancel", ForgottenCancel, "ejected"},
    {"GoneNotCounted", GoneNotCounted, "balance"},
    {"IdleBitStale", IdleBitStale, "mask"},
    {"InsertedTwice", InsertedTwice, "ejected"},
    {"KernelDsqForgotten", KernelDsqForgotten, "idle"},
    {"KicksLost", KicksLost, "idle"},
    {"MixedDsq", MixedDsq, "ejected"},
    {"PendingLost", PendingLost, "idle"},
    {"SliceIgnored", SliceIgnored, "idle"},
    {"SlotFreedTwice", SlotFreedTwice, "lost"},
    {"WrongCpuKicked", WrongCpuKicked, "idle"},
};

class DispatcherMutants : public testing::TestWithParam<Mutant> {};

TEST_P(DispatcherMutants, IsCaughtByItsChecker) {
  const RunResult result = FirstFailure(GetParam().make, Fifo());
  EXPECT_THAT(result.failure, StartsWith(std::string(GetParam().checker) + ":"));
}

INSTANTIATE_TEST_SUITE_P(All, DispatcherMutants, testing::ValuesIn(kMutants),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Mutants, WhatShipsIsNotCaught) {
  EXPECT_EQ(FirstFailure(ShippedDispatcher, Fifo()).failure, "");
}

// The agent is stopped for seconds.
RunResult RunWithStops(MakeDispatcher dispatcher) {
  return RunSimulation({.topology = {.cores_per_llc = 2},
                        .workload = *BuiltinWorkload("bursts", 2),
                        .duration = Seconds(2),
                        .dispatcher = dispatcher,
                        .faults = {.stop_agent = Millis(100), .stop = Seconds(3)},
                        .safety_bounds = {.max_wait = Millis(500), .max_idle = Millis(200)}},
                       Fifo());
}

TEST(Mutants, WithoutALeaseAStoppedAgentStopsTheMachine) {
  EXPECT_EQ(RunWithStops(ShippedDispatcher).failure, "");
  EXPECT_THAT(RunWithStops(LeaseNeverEnds).failure, StartsWith("idle:"));
  EXPECT_THAT(RunWithStops(TimerDead).failure, StartsWith("idle:"));
}

// ---- loads that are harsh ----

// A load that shows the defect, on how many CPUs, and the checker that sees it.
struct HarshMutant {
  const char* name;
  MakeDispatcher make;
  Workload workload;
  int cpus;
  const char* checker;
  Nanos max_wait = Seconds(4);
};

Workload CrowdOfOneCpu() {
  CpuSet cpu0;
  cpu0.Add(CpuId(0));
  return {
      .groups = {{.name = "hog", .count = 1000, .allowed = cpu0, .steps = {sim::Run(Seconds(1))}}}};
}

std::vector<HarshMutant> HarshMutants() {
  return {{"CrowdUnseen", CrowdUnseen, CrowdOfOneCpu(), 2, "wait", Millis(700)},
          {"HigherUnseen", HigherUnseen, *BuiltinWorkload("realtime", 2), 2, "headroom"},
          {"KernelNeverFirst", KernelNeverFirst, *BuiltinWorkload("few_slots", 2), 1, "bounded"}};
}

RunResult RunHarsh(MakeDispatcher dispatcher, const HarshMutant& mutant) {
  return RunSimulation({.topology = {.cores_per_llc = mutant.cpus},
                        .workload = mutant.workload,
                        .duration = Seconds(4),
                        .dispatcher = dispatcher,
                        .safety_bounds = {.max_wait = mutant.max_wait, .max_idle = Millis(100)}},
                       Fifo());
}

TEST(HarshMutants, AreCaughtByTheirCheckers) {
  for (const HarshMutant& mutant : HarshMutants()) {
    EXPECT_EQ(RunHarsh(ShippedDispatcher, mutant).failure, "") << mutant.name;
    EXPECT_THAT(RunHarsh(mutant.make, mutant).failure,
                StartsWith(std::string(mutant.checker) + ":"))
        << mutant.name;
  }
}

// ---- policies ----

// A task that is alone in the queue waits for company.
class Hesitates : public TestFifo {
 public:
  static constexpr char kName[] = "hesitates";
  using TestFifo::TestFifo;
  void Schedule(const Context&, DispatchSink& sink) {
    if (queue().size() > 1) DispatchAll(sink);
  }
};

// Four tasks on two CPUs.
template <Policy P>
RunResult RunPolicy(std::vector<Step> steps, const CheckerBounds& bounds) {
  return RunSimulation({.topology = {.cores_per_llc = 2},
                        .workload = {.groups = {{.name = "task", .count = 4, .steps = steps}}},
                        .duration = Seconds(1),
                        .safety_bounds = bounds},
                       Simulated<P>());
}

const std::vector<Step> kHog = {sim::Run(Seconds(2))};
constexpr CheckerBounds kShortWait = {.max_wait = Millis(300), .max_idle = Seconds(2)};
constexpr CheckerBounds kShortIdle = {.max_wait = Seconds(2), .max_idle = Millis(20)};

TEST(PolicyMutants, AStarvingOneIsCaughtByWait) {
  EXPECT_THAT(RunPolicy<Starves>(kHog, kShortWait).failure, StartsWith("wait:"));
}
TEST(PolicyMutants, AForgetfulOneIsCaughtByWait) {
  EXPECT_THAT(RunPolicy<Forgets<8>>(kHog, kShortWait).failure, StartsWith("wait:"));
}
TEST(PolicyMutants, AHesitantOneIsCaughtByIdle) {
  const std::vector<Step> mostly_sleeps = {sim::Run(Micros(100)),
                                           sim::Sleep(Millis(200), Millis(100))};
  EXPECT_THAT(RunPolicy<Hesitates>(mostly_sleeps, kShortIdle).failure, StartsWith("idle:"));
}
TEST(PolicyMutants, OneThatKnowsOneCpuIsCaughtByIdle) {
  EXPECT_THAT(RunPolicy<KnowsOneCpu>(kHog, kShortIdle).failure, StartsWith("idle:"));
}

// ---- policies that promise shares by weight ----

class Sound : public VruntimePolicy {
 public:
  explicit Sound(const PolicyLimits& limits)
      : VruntimePolicy(*VruntimePolicy::Create({}, limits)) {}
};

// All have the same weight.
class IgnoresWeights : public Sound {
 public:
  using Sound::Sound;
  void OnRunnable(const Context& ctx, TaskRunnable r) {
    r.weight = Weight();
    Sound::OnRunnable(ctx, r);
  }
};

// Virtual time does not pass for every other task.
class ForgetsToCharge : public Sound {
 public:
  using Sound::Sound;
  void OnRunnable(const Context& ctx, TaskRunnable r) {
    if (r.task.slot % 2 == 0) r.ran = Nanos::Zero();
    Sound::OnRunnable(ctx, r);
  }
};

template <Policy P>
RunResult RunNiceHogs() {
  return RunSimulation({.topology = {.cores_per_llc = 2},
                        .workload = *BuiltinWorkload("nice", 4),
                        .duration = Seconds(1),
                        .safety_bounds = {.max_wait = Seconds(2),
                                          .max_idle = Millis(20),
                                          .fair = {.turn = Millis(20)}}},
                       Simulated<P>());
}

TEST(PolicyMutants, OneThatIgnoresWeightsIsCaughtByFair) {
  EXPECT_THAT(RunNiceHogs<IgnoresWeights>().failure, StartsWith("fair:"));
}
TEST(PolicyMutants, OneThatForgetsToChargeIsCaughtByFair) {
  EXPECT_THAT(RunNiceHogs<ForgetsToCharge>().failure, StartsWith("fair:"));
}
TEST(PolicyMutants, ASoundOneIsComparedAndNotCaught) {
  const RunResult result = RunNiceHogs<Sound>();
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(result.fair_stretches, 100u);
}

// A policy that lets tasks wait almost until the kernel ejects it.
TEST(PolicyMutants, OneThatTriesTheWatchdogsPatienceIsCaughtByBounded) {
  const RunResult result = RunSimulation({.topology = {.cores_per_llc = 2},
                                          .workload = *BuiltinWorkload("hogs", 2),
                                          .duration = Seconds(4),
                                          .safety_bounds = {.max_wait = Seconds(10)},
                                          .hold_max = Seconds(9)},
                                         Simulated<Starves>());
  EXPECT_THAT(result.failure, StartsWith("bounded:"));
}

}  // namespace
}  // namespace scxx::sim
