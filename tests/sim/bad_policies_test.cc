// SPDX-License-Identifier: Apache-2.0
//
// What the framework promises whatever the policy does: everybody has a turn within a quarter of
// the watchdog's timeout. And what a good policy may count on: nothing is taken from it.

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/defective_fifos.h"
#include "framework/policy/testing/test_fifo.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "tests/sim/run_seed.h"

namespace scxx {
namespace {

struct Load {
  const char* name;
  int tasks;
  std::optional<CpuSet> allowed = std::nullopt;
};

CpuSet First() { return CpuSet::Only(CpuId(0)); }

// For two CPUs.
const Load kLoads[] = {{"AFew", 4},
                       {"ADozenOfOneCpu", 12, First()},
                       {"Eighty", 80},
                       {"EightyOfOneCpu", 80, First()},
                       {"ThreeHundredOfOneCpu", 300, First()},
                       {"ThousandOfOneCpu", 1000, First()},
                       {"FourThousand", 4000}};

sim::SimulationOptions OptionsFor(const Load& load) {
  sim::SimulationOptions options = {.topology = {.cores_per_llc = 2},
                                    .workload = {.name = load.name,
                                                 .groups = {{.name = "spins",
                                                             .count = load.tasks,
                                                             .allowed = load.allowed,
                                                             .steps = {sim::Run(Seconds(1))}}}},
                                    .duration = Millis(4500),
                                    .liveness = Millis(2000)};
  options.max_tasks = 8192;
  return options;
}

// ---- policies with a defect ----

// Decides nothing, ever.
class DecidesNothing : public TestFifo {
 public:
  static constexpr char kName[] = "decides_nothing";
  using TestFifo::TestFifo;
  void Schedule(const Context&, DispatchSink&) {}
};

// Decides nothing from some time on.
class GivesUp : public TestFifo {
 public:
  static constexpr char kName[] = "gives_up";
  using TestFifo::TestFifo;
  void Schedule(const Context&, DispatchSink& sink) {
    if (++calls_ < 200) DispatchAll(sink);
  }

 private:
  int calls_ = 0;
};

// The newest goes first, for long.
class StarvesForLong : public Starves {
 public:
  static constexpr char kName[] = "starves_for_long";
  explicit StarvesForLong(const PolicyLimits& limits) : Starves(limits, Millis(850)) {}
};

// Everybody may run for as long as a record can say.
class Generous : public TestFifo {
 public:
  static constexpr char kName[] = "generous";
  explicit Generous(const PolicyLimits& limits) : TestFifo(limits, Seconds(1)) {}
};

template <Policy P>
sim::RunResult Run(sim::SimulationOptions options) {
  // CPUs are idle beside tasks that such a policy holds: it is allowed to.
  options.safety_bounds.max_idle = options.liveness_bounds.max_idle = Seconds(10);
  return sim::RunSimulation(options, sim::Simulated<P>());
}

struct BadPolicy {
  const char* name;
  sim::RunResult (*run)(sim::SimulationOptions options);
};

const BadPolicy kPolicies[] = {{"DecidesNothing", Run<DecidesNothing>},
                               {"GivesUp", Run<GivesUp>},
                               {"Forgets", Run<Forgets<3>>},
                               {"Starves", Run<Starves>},
                               {"StarvesForLong", Run<StarvesForLong>},
                               {"Generous", Run<Generous>},
                               {"KnowsOneCpu", Run<KnowsOneCpu>}};

class BadPolicies : public testing::TestWithParam<std::tuple<BadPolicy, Load>> {};

TEST_P(BadPolicies, KeepNobodyFromHisTurn) {
  const auto& [policy, load] = GetParam();
  const sim::RunResult result = policy.run(OptionsFor(load));
  EXPECT_EQ(result.failure, "");
  EXPECT_LT(result.longest_wait, Millis(1250));
}

INSTANTIATE_TEST_SUITE_P(All, BadPolicies,
                         testing::Combine(testing::ValuesIn(kPolicies), testing::ValuesIn(kLoads)),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param).name) +
                                  std::get<1>(info.param).name;
                         });

// ---- good ones ----

class GoodPolicies : public testing::TestWithParam<std::tuple<std::string, Load>> {};

TEST_P(GoodPolicies, AreLeftAlone) {
  const auto& [policy, load] = GetParam();
  const sim::RunResult result = RunPolicy(policy, OptionsFor(load));
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.reclaimed, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodPolicies,
    testing::Combine(testing::Values("fifo", "latency", "skeleton", "vruntime"),
                     testing::ValuesIn(kLoads)),
    [](const auto& info) { return std::get<0>(info.param) + std::get<1>(info.param).name; });

}  // namespace
}  // namespace scxx
