// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/program/kernel_options.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "framework/base/cpu_set.h"
#include "framework/kernel/program/bpf_program.h"
#include "framework/machine/exit_report.h"
#include "framework/topology/topology.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void ExpectRefused(const KernelOptions& options, const char* because) {
  const absl::Status status = ValidateOptions(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr(because));
  EXPECT_THAT(status.message(), Not(HasSubstr("\n")));
}

TEST(ValidateOptionsTest, DefaultsAreFine) { EXPECT_TRUE(ValidateOptions({}).ok()); }

TEST(ValidateOptionsTest, LimitsAreInclusive) {
  EXPECT_TRUE(ValidateOptions({.slice = absl::Microseconds(100)}).ok());
  EXPECT_TRUE(ValidateOptions({.slice = absl::Seconds(1)}).ok());
  EXPECT_TRUE(ValidateOptions({.watchdog_timeout = absl::Seconds(30)}).ok());
  EXPECT_TRUE(ValidateOptions({.max_tasks = 64}).ok());
}

TEST(ValidateOptionsTest, SaysWhatIsOutOfRange) {
  ExpectRefused({.slice = absl::Microseconds(99)},
                "slice=99us is out of range: choose it from 100us to 1s");
  ExpectRefused({.slice = absl::ZeroDuration()}, "slice=0 is out of range");
  ExpectRefused({.slice = -absl::Milliseconds(5)}, "slice=-5ms ");
  ExpectRefused({.slice = absl::InfiniteDuration()}, "slice=inf ");
  ExpectRefused({.watchdog_timeout = absl::Seconds(31)},
                "watchdog_timeout=31s is out of range: choose it from 1s to 30s");
  ExpectRefused({.max_tasks = 63},
                "max_tasks=63 tasks is out of range: choose it from 64 to 4194304 tasks");
}

TEST(ValidateOptionsTest, TheAgentsCpuIsANumberOrNone) {
  EXPECT_TRUE(ValidateOptions({.agent_cpu = 0}).ok());
  EXPECT_TRUE(ValidateOptions({.agent_cpu = -1}).ok());
  ExpectRefused({.agent_cpu = -2}, "agent_cpu of -2 is neither a CPU number nor -1");
}

TEST(ValidateOptionsTest, NameIsWhatTheKernelCanShow) {
  EXPECT_TRUE(ValidateOptions({.name = "my-fifo_1.0"}).ok());
  ExpectRefused({.name = ""}, "scheduler name ''");
  ExpectRefused({.name = "two words"}, "scheduler name 'two words'");
  ExpectRefused({.name = std::string(128, 'x')}, "1 to 127 letters");
}

// The kernel takes 0 for its default, and what it then writes has to find room.
TEST(ConfigOf, RoomForADumpOfTheKernelsDefault) {
  const CpuSet one = CpuSet::FirstN(1);
  EXPECT_EQ(ConfigOf({.exit_dump_len = 0}, 1, one).exit_dump_len, 32768u);
  EXPECT_EQ(ConfigOf({.exit_dump_len = 1}, 1, one).exit_dump_len, 1u);
  EXPECT_EQ(ConfigOf({.exit_dump_len = 65536}, 1, one).exit_dump_len, 65536u);
}

TEST(BytesToLock, GrowsWithTasksAndCpus) {
  constexpr int64_t kMiB = 1 << 20;
  const int64_t usual = BytesToLock({}, 8);
  EXPECT_LT(usual, 64 * kMiB);
  EXPECT_LT(BytesToLock({.max_tasks = 64}, 8), usual);
  EXPECT_GT(BytesToLock({.max_tasks = 1 << 20}, 8), usual + 128 * kMiB);
  EXPECT_GT(BytesToLock({}, 512), usual + 32 * kMiB);
}

TEST(WhyNoAgentCpu, SaysWhatHasBecomeOfIt) {
  const Topology all = Topology::Synthetic({.cores_per_llc = 4});
  const Topology some = all.WithOnline(CpuSet::FirstN(2));
  const Topology one = all.WithOnline(CpuSet::FirstN(1));
  EXPECT_EQ(WhyNoAgentCpu({}, some), "");
  EXPECT_EQ(WhyNoAgentCpu({.agent_cpu = 1}, some), "");
  EXPECT_EQ(WhyNoAgentCpu({.agent_cpu = 3}, some),
            "--agent_cpu=3 has no effect while that CPU is offline");
  EXPECT_EQ(WhyNoAgentCpu({.agent_cpu = 0}, one),
            "--agent_cpu=0 has no effect while no other CPU is online");
  EXPECT_EQ(WhyNoAgentCpu({.agent_cpu = 4}, all), "") << "there is none, which is an error";
}

TEST(ErrorOfAttach, TellsHotplugFromAllElse) {
  EXPECT_EQ(ErrorOfAttach(ExitReport::OfHotplug()).code(), absl::StatusCode::kUnavailable);
  const absl::Status status = ErrorOfAttach(
      {.kind = 1024, .reason = "runtime error", .message = "scx_enable() failed (-16)\n"});
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(
      status.message(),
      "the kernel gave up the scheduler while it attached: runtime error: scx_enable() failed "
      "(-16): start it again; the kernel's log (dmesg) may say more");
}

}  // namespace
}  // namespace scxx
