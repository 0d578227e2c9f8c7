// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/policies.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "framework/app/flags.h"
#include "framework/base/units.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::Contains;
using testing::HasSubstr;

uint64_t HashOf(const std::string& spec) {
  const absl::StatusOr<sim::SimulatedPolicy> policy = FindPolicy(spec);
  EXPECT_TRUE(policy.ok()) << policy.status();
  const sim::RunResult result =
      sim::RunSimulation({.topology = {.llcs_per_node = 2, .cores_per_llc = 2},
                          .workload = *sim::BuiltinWorkload("mixed", 4),
                          .duration = Millis(50)},
                         *policy);
  EXPECT_EQ(result.policy, spec);
  EXPECT_EQ(result.failure, "");
  return result.hash;
}

TEST(Policies, AreThoseOfTheLinkedSchedulers) {
  for (const char* name : {"fifo", "latency", "skeleton", "vruntime"}) {
    EXPECT_THAT(PolicyNames(), Contains(name));
  }
  for (const std::string& name : PolicyNames()) EXPECT_TRUE(FindPolicy(name).ok()) << name;
}

TEST(Policies, TakeFlagsOfTheirOwn) {
  EXPECT_NE(HashOf("fifo"), HashOf("fifo+slice=1ms"));
  EXPECT_NE(HashOf("vruntime"), HashOf("vruntime+nodomains"));
  EXPECT_FALSE(FindPolicy("vruntime+nodirect")->traits.direct);
}

TEST(Policies, LeaveTheFlagsAsTheyWere) {
  const absl::Duration before = absl::GetFlag(FLAGS_slice);
  const uint64_t hash = HashOf("fifo");
  HashOf("vruntime+slice=1ms");
  EXPECT_EQ(absl::GetFlag(FLAGS_slice), before);
  EXPECT_EQ(HashOf("fifo"), hash);
}

TEST(Policies, OwnFlagsOutweighTheCommandLine) {
  EXPECT_TRUE(FindPolicy("fifo", {"--slice=2ms"}).ok());
  EXPECT_EQ(FindPolicy("fifo", {"--slice=2s"}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(FindPolicy("fifo+slice=2ms", {"--slice=2s"}).ok());
}

TEST(Policies, SayWhatIsWrong) {
  const absl::Status unknown = FindPolicy("lottery").status();
  EXPECT_THAT(std::string(unknown.message()),
              HasSubstr("there is no policy \"lottery\": choose one of " +
                        absl::StrJoin(PolicyNames(), ", ")));
  const absl::Status flag = FindPolicy("fifo+lottery").status();
  EXPECT_THAT(std::string(flag.message()), HasSubstr("fifo+lottery: unknown flag --lottery"));
}

}  // namespace
}  // namespace scxx
