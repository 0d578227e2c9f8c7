// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/flags.h"

#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

TEST(FlagsTest, TheDefaultsAreValid) {
  EXPECT_TRUE(Validate(OptionsFromFlags()).ok());
  EXPECT_EQ(MachinesOf(Options()), 2);
}

TEST(FlagsTest, MachinesOfSeveralCpusRunAlone) {
  EXPECT_EQ(MachinesOf({.mode = Mode::kConcurrent}), 1);
  EXPECT_EQ(Validate({.mode = Mode::kConcurrent, .machines = 2}).message(),
            "--mode=concurrent: machines would disturb each other: --machines=1");
}

TEST(FlagsTest, RefusalsNameTheFlag) {
  const struct {
    Options options;
    const char* message;
  } kCases[] = {
      {{.seeds = 0}, "--seeds=0: expected 1 to 1000"},
      {{.first_seed = -1}, "--first_seed=-1: expected 1 to 900000"},
      {{.machines = 3}, "--machines=3: expected 0 to 2"},
      {{.settle = absl::Seconds(-1)}, "--settle=-1s: expected 0s to 10m"},
      {{.mode = Mode::kExact2, .check = true}, "--mode=exact2: baselines are of --mode=exact"},
      {{.check = true, .update = true}, "--check or --update, not both"},
      {{.reliability = true, .mode = Mode::kHost},
       "--mode=host: --reliability has a ruler of its own"},
      {{.reliability = true, .check = true}, "--reliability: there is no baseline for it"},
      {{.reliability = true, .html = "f"}, "--reliability: the table is Markdown, without --html"},
      {{.mode = Mode::kHost, .kernel = "k"}, "--mode=host: --kernel is for virtual machines"},
      {{.mode = Mode::kHost, .possible = 8}, "--mode=host: --possible is for virtual machines"},
      {{.reliability = true, .possible = 8}, "--reliability: its machines have no CPUs to plug in"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Validate(c.options).message(), c.message);
}

}  // namespace
}  // namespace scxx::bench
