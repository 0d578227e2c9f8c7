// SPDX-License-Identifier: Apache-2.0
#include "tools/load/flag_set.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace scxx::load {
namespace {

TEST(FlagSetTest, SetsValuesOfEveryKind) {
  int pairs = 0;
  int64_t count = 0;
  bool on = false;
  std::string text;
  std::string format = "text";
  std::vector<int> nices;
  CpuSet allowed;
  absl::Duration period;
  FlagSet flags;
  flags.Int("pairs", &pairs, {1, 8}, "");
  flags.Int64("count", &count, {0}, "");
  flags.Bool("on", &on, "");
  flags.String("text", &text, "");
  flags.Choice("format", &format, {"text", "json"}, "");
  flags.Ints("nices", &nices, {-20, 19}, "");
  flags.Cpus("cpus", &allowed, "");
  flags.Duration("period", &period, "");

  EXPECT_TRUE(flags.Set("pairs", "8").ok());
  EXPECT_TRUE(flags.Set("count", "10000000000").ok());
  EXPECT_TRUE(flags.Set("on", "").ok());
  EXPECT_TRUE(flags.Set("text", "x=y").ok());
  EXPECT_TRUE(flags.Set("format", "json").ok());
  EXPECT_TRUE(flags.Set("nices", "-5,3").ok());
  EXPECT_TRUE(flags.Set("cpus", "0-2").ok());
  EXPECT_TRUE(flags.Set("period", "250us").ok());

  EXPECT_EQ(pairs, 8);
  EXPECT_EQ(count, 10'000'000'000);
  EXPECT_TRUE(on);
  EXPECT_EQ(text, "x=y");
  EXPECT_EQ(format, "json");
  EXPECT_EQ(nices, (std::vector<int>{-5, 3}));
  EXPECT_EQ(allowed, CpuSet::FirstN(3));
  EXPECT_EQ(period, absl::Microseconds(250));
  EXPECT_EQ(flags.Values()[0], (std::pair<std::string, std::string>("pairs", "8")));
  EXPECT_EQ(flags.Values()[7].second, "250us");
}

TEST(FlagSetTest, ABadValueNamesWhatWasExpectedAndChangesNothing) {
  int pairs = 4;
  absl::Duration period = absl::Seconds(1);
  FlagSet flags;
  flags.Int("pairs", &pairs, {1, 8}, "");
  flags.Duration("period", &period, "");
  EXPECT_EQ(flags.Set("pairs", "9").message(), "--pairs=9: expected an integer from 1 to 8");
  EXPECT_EQ(flags.Set("period", "-1s").message(),
            "--period=-1s: expected a duration such as 250us, 5ms or 4s");
  EXPECT_FALSE(flags.Set("period", "inf").ok());
  EXPECT_EQ(pairs, 4);
  EXPECT_EQ(period, absl::Seconds(1));
}

TEST(FlagSetTest, AnUnknownFlagIsNamed) {
  FlagSet flags;
  EXPECT_EQ(flags.Set("pears", "1").message(), "unknown flag --pears");
  EXPECT_FALSE(flags.Has("pears"));
}

}  // namespace
}  // namespace scxx::load
