// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/nuisances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "tools/load/affinity.h"
#include "tools/load/runner.h"

namespace scxx::load {
namespace {

using testing::HasSubstr;

constexpr absl::Duration kShort = absl::Milliseconds(100);

std::string ErrorOf(Workload&& workload) {
  return std::string(RunLoad(workload).status().message());
}

TEST(SpinnersTest, SpinInTheirClassOnTheirCpu) {
  for (const char* policy : {"other", "batch", "idle"}) {
    Spinners spinners(
        {.tasks = 2, .cpu = AllowedCpus().First().value(), .policy = policy, .duration = kShort});
    int64_t ops = 0;
    while (ops == 0) {  // beside busy tasks one of class SCHED_IDLE waits for long
      const auto result = RunLoad(spinners);
      ASSERT_TRUE(result.ok()) << result.status();
      ops = result->FindClass("spinner")->min_ops;
    }
  }
}

TEST(SpinnersTest, SpinInBursts) {
  Spinners spinners(
      {.burst = absl::Microseconds(10), .period = absl::Milliseconds(1), .duration = kShort});
  const auto result = RunLoad(spinners);
  ASSERT_TRUE(result.ok()) << result.status();
  // A burst is an operation with a latency; one that spins all the time has none.
  EXPECT_EQ(result->FindClass("spinner")->latency.count(), result->ops);
  EXPECT_GT(result->ops, 0);
}

TEST(SpinnersTest, RefuseWhatCannotBe) {
  EXPECT_THAT(ErrorOf(Spinners({.cpu = 1023})), HasSubstr("--cpu=1023: not an allowed CPU"));
  EXPECT_THAT(ErrorOf(Spinners({.period = absl::ZeroDuration()})), HasSubstr("--period"));
}

std::string FileWith(const std::string& text) {
  const std::string path = testing::TempDir() + "/setting";
  std::ofstream(path) << text;
  return path;
}

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(ScopedSettingTest, IsPutBack) {
  const std::string plain = FileWith("20\n");
  {
    const auto setting = ScopedSetting::Change(plain, "0");
    ASSERT_TRUE(setting.ok()) << setting.status();
    EXPECT_EQ(TextOf(plain), "0");
  }
  EXPECT_EQ(TextOf(plain), "20");
}

TEST(ScopedSettingTest, OfAChoiceTheOneInBracketsIsPutBack) {
  const std::string choice = FileWith("always [madvise] never\n");
  EXPECT_TRUE(ScopedSetting::Change(choice, "always").ok());  // And gone again.
  EXPECT_EQ(TextOf(choice), "madvise");
}

TEST(ScopedSettingTest, AMissingFileIsNamed) {
  EXPECT_EQ(ScopedSetting::Change("/no/such", "1").status().message(),
            "cannot read /no/such: use another kernel");
}

TEST(MemoryEatersTest, EatAndEnd) {
  MemoryEaters eaters({.tasks = 2, .megabytes = 1, .duration = kShort});
  const auto result = RunLoad(eaters);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(result->FindClass("feeder")->min_ops, 0);
}

}  // namespace
}  // namespace scxx::load
