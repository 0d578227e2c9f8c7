// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

using testing::HasSubstr;

RunResult Probed(const std::string& gap, int exit_code = 0) {
  return {.scheduler = "eevdf",
          .run = FreezeProbe().name,
          .exit_code = exit_code,
          .values = {{"max_gap_ns", gap}}};
}

std::string Judged(const std::vector<RunResult>& boot) {
  return std::string(JudgeProbe(boot).message());
}

TEST(ProbeTest, AShortGapIsFine) {
  EXPECT_EQ(Judged({Probed("20000000")}), "");
  EXPECT_EQ(Judged({RunResult{.run = "other"}, Probed("3000")}), "");
}

TEST(ProbeTest, ALongGapIsNamed) {
  EXPECT_EQ(Judged({Probed("812345678")}), "a task alone on its CPU stood still for 812.3 ms");
}

TEST(ProbeTest, WithoutAProbeThereIsNoTrust) {
  EXPECT_THAT(Judged({}), HasSubstr("did not run"));
  EXPECT_THAT(Judged({Probed("3000", 1)}), HasSubstr("did not run"));
  EXPECT_THAT(Judged({Probed("")}), HasSubstr("did not run"));
}

}  // namespace
}  // namespace scxx::bench
