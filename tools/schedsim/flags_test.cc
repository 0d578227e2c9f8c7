// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/flags.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/base/units.h"
#include "framework/sim/faults.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(TopologyFlag, ANumberIsCpusThatShareACache) {
  const auto spec = ParseTopology("4");
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->cores_per_llc, 4);
  EXPECT_EQ(CpusOf(*spec), 4);
}

TEST(TopologyFlag, FourNumbersAreNodesCachesCoresThreads) {
  const auto spec = ParseTopology("2x1x4x2");
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->nodes, 2);
  EXPECT_EQ(spec->threads_per_core, 2);
  EXPECT_EQ(CpusOf(*spec), 16);
}

TEST(TopologyFlag, NonsenseIsRefused) {
  for (const char* text :
       {"", "0", "-1", "4x", "2x2", "1x1x1x1x1", "2000", "64x64x64x64", "four"}) {
    EXPECT_FALSE(ParseTopology(text).ok()) << text;
  }
}

std::string Parsed(const char* text) {
  const absl::StatusOr<sim::FaultRates> rates = ParseFaults(text);
  return rates.ok() ? ToString(*rates) : std::string(rates.status().message());
}

TEST(FaultsFlag, NamesAndRates) {
  EXPECT_EQ(Parsed("none"), "none");
  EXPECT_EQ(Parsed("stop_agent=50ms"), "stop_agent=50.0ms");
  EXPECT_EQ(Parsed("nice,affinity=2us,event_ring=8"), "affinity=2.00us nice=10.0ms event_ring=8");
}

TEST(FaultsFlag, AllIsWhatASchedulerLivesThrough) {
  const absl::StatusOr<sim::FaultRates> all = ParseFaults("all,wake=0");
  ASSERT_TRUE(all.ok());
  EXPECT_NE(all->stop_agent, Nanos::Zero());
  EXPECT_NE(all->kill_task, Nanos::Zero());
  EXPECT_EQ(all->wake, Nanos::Zero());
  EXPECT_EQ(all->kill_agent, Nanos::Zero());
  EXPECT_EQ(all->hostile, Nanos::Zero());
}

TEST(FaultsFlag, NonsenseIsRefusedInOneLine) {
  for (const char* text : {"", "nice,", "frob", "nice=", "nice=1", "nice=-1ms", "nice=inf",
                           "event_ring=3", "none=1"}) {
    const std::string error = Parsed(text);
    EXPECT_EQ(error.rfind("--faults: ", 0), 0u) << text << " gave " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace scxx
