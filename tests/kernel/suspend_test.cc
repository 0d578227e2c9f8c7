// SPDX-License-Identifier: Apache-2.0
//
// A machine that suspends twenty times, under load. To idle the scheduler stays attached; S3 takes
// CPUs away, so the session attaches again. No task is lost, and the counters balance.

#include <string>

#include "framework/engine/session.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"
#include "tests/kernel/busy_machine.h"
#include "tests/kernel/run_policy.h"
#include "tests/kernel/session_process.h"
#include "tests/kernel/suspend.h"

namespace scxx {
namespace {

using testing::IsEmpty;

constexpr int kSuspends = 20;
// S3 comes so many times in a row, for an attach takes some fifty times as long as one.
constexpr int kInARow = 10;

class SuspendTest : public testing::TestWithParam<PolicyUnderTest> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(session_.WaitForAttach()) << session_.lives().why;
    suspended_before_ = std::stoi(PowerStatistic("success"));
  }
  void ExpectCleanEnd(int restarts) {
    session_.Stop();
    const Lives& lives = session_.lives();
    EXPECT_EQ(lives.ending, Ending::kStopped) << lives.why;
    EXPECT_GE(lives.restarts, restarts);
    EXPECT_LE(lives.restarts, restarts == 0 ? 0 : kSuspends);
    EXPECT_GT(lives.dispatched, 0u);
    EXPECT_EQ(lives.unaccounted, 0);
    EXPECT_EQ(lives.bad_records, 0u);
    EXPECT_EQ(SchedExtSysfs().State(), "disabled");
    EXPECT_EQ(std::stoi(PowerStatistic("success")) - suspended_before_, kSuspends);
  }

  SessionProcess session_{GetParam()};
  int suspended_before_ = 0;
};

TEST_P(SuspendTest, ToIdle) {
  const BusyMachine load;
  for (int i = 0; i < kSuspends; ++i) {
    SuspendToIdle();
    ASSERT_EQ(SchedExtSysfs().State(), "enabled") << i;
  }
  EXPECT_THAT(load.Lost(), IsEmpty());
  ExpectCleanEnd(/*restarts=*/0);
}

TEST_P(SuspendTest, ToRam) {
  const BusyMachine load;
  for (int i = 0; i < kSuspends; ++i) {
    SuspendToRam();
    if (i % kInARow != kInARow - 1) continue;
    ASSERT_TRUE(session_.WaitUntilAttached()) << i << ": " << session_.lives().why;
    EXPECT_THAT(load.Lost(), IsEmpty());
  }
  ExpectCleanEnd(/*restarts=*/kSuspends / kInARow);
}

INSTANTIATE_TEST_SUITE_P(, SuspendTest,
                         testing::Values(kUnderTest<FifoPolicy>, kUnderTest<VruntimePolicy>),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace scxx
