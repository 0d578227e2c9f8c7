// SPDX-License-Identifier: Apache-2.0
#include "framework/app/options.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::HasSubstr;

std::string Complaint(const AppOptions& options) {
  const absl::Status status = Validate(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(AppOptions, DefaultsAreValid) { EXPECT_EQ(Validate({}), absl::OkStatus()); }

TEST(AppOptions, NamesTheOptionTheValueAndTheRange) {
  AppOptions options;
  options.cpus = 65;
  EXPECT_EQ(Complaint(options), "cpus=65 is out of range: choose it from 1 to 64");
  options = {};
  options.stats_interval = absl::Hours(25);
  EXPECT_EQ(Complaint(options), "stats_interval=25h is out of range: choose it from 10ms to 24h");
}

TEST(AppOptions, ChecksTheKernelsToo) {
  AppOptions options;
  options.kernel.slice = absl::Microseconds(99);
  EXPECT_EQ(Complaint(options), "slice=99us is out of range: choose it from 100us to 1s");
}

TEST(AppOptions, ChecksEveryRange) {
  AppOptions options;
  options.kernel.exit_dump_len = 1u << 30;
  EXPECT_THAT(Complaint(options), HasSubstr("exit_dump_len"));
  options = {};
  options.duration = -absl::Seconds(1);
  EXPECT_THAT(Complaint(options), HasSubstr("duration=-1s"));
  options = {};
  options.stats_interval = absl::Milliseconds(1);
  EXPECT_THAT(Complaint(options), HasSubstr("stats_interval=1ms"));
  options = {};
  options.cpus = 0;
  EXPECT_THAT(Complaint(options), HasSubstr("cpus=0"));
  options = {};
  options.memory_mb = 64;
  EXPECT_THAT(Complaint(options), HasSubstr("memory=64"));
}

TEST(AppOptions, ZeroMeansNoStatistics) {
  AppOptions options;
  options.stats_interval = absl::ZeroDuration();
  EXPECT_EQ(Validate(options), absl::OkStatus());
}

TEST(AppOptions, ADemoEndsByItself) {
  AppOptions options;
  EXPECT_EQ(options.EffectiveDuration(), absl::InfiniteDuration());
  options.demo = "/bin/load";
  EXPECT_EQ(options.EffectiveDuration(), absl::Seconds(10));
  options.duration = absl::Seconds(3);
  EXPECT_EQ(options.EffectiveDuration(), absl::Seconds(3));
}

TEST(BackendKind, ReadsAndWritesItsNames) {
  BackendKind kind;
  std::string error;
  for (const char* name : {"auto", "kernel", "vm", "sim"}) {
    ASSERT_TRUE(AbslParseFlag(name, &kind, &error));
    EXPECT_EQ(AbslUnparseFlag(kind), name);
  }
  EXPECT_FALSE(AbslParseFlag("qemu", &kind, &error));
  EXPECT_THAT(error, HasSubstr("auto, kernel, vm, sim"));
}

TEST(Validate, ExplainsWithStatisticsOnly) {
  AppOptions options{.stats_interval = absl::ZeroDuration(), .explain = "stress"};
  EXPECT_EQ(Validate(options).code(), absl::StatusCode::kInvalidArgument);
  options.stats_interval = absl::Seconds(1);
  EXPECT_TRUE(Validate(options).ok());
}

}  // namespace
}  // namespace scxx
