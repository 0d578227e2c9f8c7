// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/results.h"

#include <gtest/gtest.h>

#include "tools/schedbench/report/sample_results.h"

namespace scxx::bench {
namespace {

const Workload kOrdinary = {.name = "pairs"};
const Workload kKill = {.name = "killed", .expects_detach = true};

RunResult Ended(const std::map<std::string, std::string>& values, int exit_code = 0,
                const std::string& error = "") {
  return {.exit_code = exit_code, .error = error, .values = values};
}

TEST(OutcomeTest, OfOneRun) {
  EXPECT_EQ(OutcomeOf(Ended({}), kOrdinary), "ok");
  EXPECT_EQ(OutcomeOf(Ended({{"stalled", "true"}}, 1), kOrdinary), "stalled");
  EXPECT_EQ(OutcomeOf(Ended({}, 1, "load: why"), kOrdinary), "load: why");
  EXPECT_EQ(OutcomeOf(Ended({}, 139), kOrdinary), "failed");
  EXPECT_EQ(OutcomeOf(Ended({{"sched_ext.changed", "true"}}), kOrdinary), "ejected");
}

TEST(OutcomeTest, AKilledSchedulerIsToDetach) {
  const RunResult detached =
      Ended({{"sched_ext.changed", "true"}, {"sched_ext.after.state", "disabled"}});
  EXPECT_EQ(OutcomeOf(detached, kKill), "detached");
  EXPECT_EQ(OutcomeOf(detached, kOrdinary), "ejected");
}

TEST(OutcomeTest, OfAllBoots) {
  Results results = SampleResults();
  EXPECT_EQ(OutcomeOf(results, "mine", kOrdinary), "ok");
  RunOf(results, 1, "mine", "pairs").values["stalled"] = "true";
  EXPECT_EQ(OutcomeOf(results, "mine", kOrdinary), "2 of 3 ok, 1 of 3 stalled");
  EXPECT_EQ(OutcomeOf(results, "nobody", kOrdinary), "-");
}

}  // namespace
}  // namespace scxx::bench
