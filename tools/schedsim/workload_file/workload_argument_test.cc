// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/workload_argument.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/base/units.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx {
namespace {

std::string Example(const std::string& name) {
  return "tools/schedsim/workload_file/examples/" + name + ".json";
}

sim::RunResult RunFifo(sim::Workload workload, int nr_cpus) {
  const sim::SimulatedPolicy fifo = {.traits = TraitsOf<FifoPolicy>(),
                                     .make = [](const PolicyLimits& limits) {
                                       return AnyPolicy(*FifoPolicy::Create({}, limits));
                                     }};
  return sim::RunSimulation({.topology = {.cores_per_llc = nr_cpus},
                             .workload = std::move(workload),
                             .duration = Millis(100)},
                            fifo);
}

TEST(WorkloadArgument, NamesABuiltinWorkload) {
  const absl::StatusOr<RtAppFile> hogs = FindWorkload("hogs", 2);
  ASSERT_TRUE(hogs.ok());
  EXPECT_EQ(hogs->workload.groups[0].count, 4);
  EXPECT_FALSE(FindWorkload("hog", 2).ok());
}

TEST(WorkloadArgument, OrAFile) {
  const absl::StatusOr<RtAppFile> missing = FindWorkload("./none.json", 2);
  EXPECT_EQ(missing.status().message(),
            "--workload=./none.json cannot be read: give a file in rt-app's format, or a name "
            "without / and . of a built-in one");
  EXPECT_FALSE(FindWorkload("/", 2).ok());
}

// The same tasks, so the same run to the last event.
TEST(WorkloadArgument, AFileRunsLikeTheBuiltinThatItDescribes) {
  absl::StatusOr<RtAppFile> file = FindWorkload(Example("periodic"), 2);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->duration, Seconds(1));
  const sim::RunResult once = RunFifo(file->workload, 2);
  EXPECT_EQ(once.failure, "");
  EXPECT_EQ(once.hash, RunFifo(FindWorkload("periodic", 2)->workload, 2).hash);
}

TEST(WorkloadArgument, EveryTaskOfTheExamplesRuns) {
  for (const char* name : {"periodic", "ping_pong", "desktop", "producer_consumer"}) {
    absl::StatusOr<RtAppFile> file = FindWorkload(Example(name), 4);
    ASSERT_TRUE(file.ok()) << file.status();
    const sim::RunResult result = RunFifo(file->workload, 4);
    EXPECT_EQ(result.failure, "") << name;
    for (size_t i = 0; i < result.groups.size(); ++i) {
      EXPECT_GT(result.groups[i].switches, 0u) << name << ' ' << result.names[i];
    }
  }
}

TEST(WorkloadArgument, ALoopInAPhaseIsKeptToTheStep) {
  absl::StatusOr<RtAppFile> file = FindWorkload(Example("ping_pong"), 1);
  ASSERT_TRUE(file.ok()) << file.status();
  const sim::RunResult result = RunFifo(file->workload, 1);
  // Ten messages come back before each pause.
  EXPECT_NEAR(static_cast<double>(result.groups[1].wakeups) / 10,
              static_cast<double>(result.groups[0].wakeups) / 11, 2);
}

}  // namespace
}  // namespace scxx
