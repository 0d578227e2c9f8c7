// SPDX-License-Identifier: Apache-2.0
#include "framework/app/flags.h"

#include "absl/flags/reflection.h"
#include "absl/time/time.h"
#include "framework/app/options.h"
#include "framework/base/flags/parse_flags.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FlagsTest : public testing::Test {
 protected:
  absl::FlagSaver saver_;
};

TEST_F(FlagsTest, DefaultsAreTheStructs) {
  const AppOptions options = OptionsFromFlags();
  EXPECT_EQ(options.kernel.slice, KernelOptions().slice);
  EXPECT_EQ(options.kernel.max_tasks, KernelOptions().max_tasks);
  EXPECT_EQ(options.stats_interval, AppOptions().stats_interval);
  EXPECT_EQ(options.backend, BackendKind::kAuto);
  EXPECT_EQ(Validate(options), absl::OkStatus());
  EXPECT_THAT(GuestArguments(), IsEmpty());
}

TEST_F(FlagsTest, EveryFlagReachesTheOptions) {
  ASSERT_TRUE(ParseFlags({"--backend=vm", "--slice=1ms", "--partial", "--exit_dump_len=100",
                          "--watchdog_timeout=7s", "--max_tasks=100", "--numa_local", "--debug",
                          "--stats_interval=2s", "--duration=3s", "--cpus=4", "--memory=256",
                          "--demo=/bin/load", "--counters", "--callback_costs", "--nodirect",
                          "--agent_cpu=1"})
                  .ok());
  const AppOptions options = OptionsFromFlags();
  EXPECT_EQ(options.backend, BackendKind::kVm);
  EXPECT_EQ(options.kernel.slice, absl::Milliseconds(1));
  EXPECT_TRUE(options.kernel.partial);
  EXPECT_EQ(options.kernel.exit_dump_len, 100u);
  EXPECT_EQ(options.kernel.watchdog_timeout, absl::Seconds(7));
  EXPECT_EQ(options.kernel.max_tasks, 100u);
  EXPECT_TRUE(options.kernel.numa_local);
  EXPECT_TRUE(options.kernel.debug);
  EXPECT_EQ(options.stats_interval, absl::Seconds(2));
  EXPECT_EQ(options.duration, absl::Seconds(3));
  EXPECT_TRUE(options.counters);
  EXPECT_TRUE(options.kernel.callback_costs);
  EXPECT_FALSE(options.direct);
  EXPECT_EQ(options.kernel.agent_cpu, 1);
  EXPECT_EQ(options.cpus, 4);
  EXPECT_EQ(options.memory_mb, 256);
  EXPECT_EQ(options.demo, "/bin/load");
}

TEST_F(FlagsTest, AGuestGetsWhatIsNotOfTheHost) {
  ASSERT_TRUE(
      ParseFlags({"--backend=vm", "--cpus=4", "--slice", "2ms", "--partial", "--duration=inf"})
          .ok());
  EXPECT_THAT(GuestArguments(), ElementsAre("--duration=inf", "--partial=true", "--slice=2ms"));
}

}  // namespace
}  // namespace scxx
