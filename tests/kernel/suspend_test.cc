// SPDX-License-Identifier: Apache-2.0
//
// A machine that suspends twenty times, under load. To idle the scheduler stays attached; S3 takes
// CPUs away, so the session attaches again. No task is lost, and the counters balance.

#include <sys/io.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "framework/base/check.h"
#include "framework/engine/session.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"
#include "tests/kernel/busy_machine.h"
#include "tests/kernel/odd_machine.h"
#include "tests/kernel/run_policy.h"
#include "tests/kernel/session_process.h"

namespace scxx {
namespace {

using testing::IsEmpty;

// ---- the two ways in which an emulated q35 machine of `vm --suspend` sleeps ----

// What ACPI's tables of this machine say: the events that there were, those that wake, the timer.
constexpr int kPowerStatus = 0x600, kPowerEnable = 0x602, kPowerTimer = 0x608;
constexpr uint16_t kTimerEvent = 1;

std::string PowerStatistic(const std::string& name) {
  std::ifstream file("/sys/power/suspend_stats/" + name);
  std::string value;
  file >> value;
  return value;
}

// The timer's event comes whenever its bit 23 turns, every 2.3 s. One before the machine sleeps
// would wake nobody, so there must be time left.
void WakeByTimer() {
  constexpr uint32_t kTurn = 1 << 23, kASecond = 3'600'000;
  SCXX_CHECK(ioperm(kPowerStatus, 16, 1) == 0);
  while (kTurn - inl(kPowerTimer) % kTurn < kASecond) {
    usleep(10'000);  // lint: allow banned-call, because the timer tells nobody
  }
  outw(kTimerEvent, kPowerStatus);  // clears it
  outw(inw(kPowerEnable) | kTimerEvent, kPowerEnable);
}

// CPUs stay online and idle, and the timer wakes it. Returns after the resume.
void SuspendToIdle() {
  WakeByTimer();
  WriteSys("power/state", "freeze");
}

// Where the bridge has the ports above: their address, and whether they are there.
constexpr char kBridge[] = "/sys/bus/pci/devices/0000:00:1f.0/config";
constexpr int kBridgePorts = 0x40;

// The firmware's work at a resume, which QEMU's leaves undone: without it the ports above are
// gone, and the next S3 returns at once. That they were gone shows that the machine has slept.
void RestorePowerPorts() {
  char address[2] = {};
  std::ifstream(kBridge, std::ios::binary).seekg(kBridgePorts).read(address, sizeof(address));
  ASSERT_EQ(address[1], 0) << "this was no S3";
  std::fstream bridge(kBridge, std::ios::in | std::ios::out | std::ios::binary);
  bridge.seekp(kBridgePorts).write("\x01\x06\x00\x00\x80", 5) << std::flush;
  ASSERT_TRUE(bridge.good());
}

// S3: all CPUs but one go offline, and the host wakes it at once.
void SuspendToRam() {
  WriteSys("power/mem_sleep", "deep");
  WriteSys("power/state", "mem");
  RestorePowerPorts();
}

// ---- the tests ----

constexpr int kSuspends = 20;
// S3 comes so many times in a row, for an attach takes some fifty times as long as one.
constexpr int kInARow = 10;

// A policy for each way: what a suspend does to a session does not depend on it.
class SuspendTest : public testing::Test {
 protected:
  explicit SuspendTest(const PolicyUnderTest& policy) : session_(policy) {}
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

  SessionProcess session_;
  int suspended_before_ = 0;
};

struct SuspendVruntimeTest : SuspendTest {
  SuspendVruntimeTest() : SuspendTest(kUnderTest<VruntimePolicy>) {}
};

struct SuspendFifoTest : SuspendTest {
  SuspendFifoTest() : SuspendTest(kUnderTest<FifoPolicy>) {}
};

TEST_F(SuspendVruntimeTest, ToIdle) {
  const BusyMachine load;
  for (int i = 0; i < kSuspends; ++i) {
    SuspendToIdle();
    ASSERT_EQ(SchedExtSysfs().State(), "enabled") << i;
  }
  EXPECT_THAT(load.Lost(), IsEmpty());
  ExpectCleanEnd(/*restarts=*/0);
}

TEST_F(SuspendFifoTest, ToRam) {
  const BusyMachine load;
  for (int i = 0; i < kSuspends; ++i) {
    SuspendToRam();
    if (i % kInARow != kInARow - 1) continue;
    ASSERT_TRUE(session_.WaitUntilAttached()) << i << ": " << session_.lives().why;
    EXPECT_THAT(load.Lost(), IsEmpty());
  }
  ExpectCleanEnd(/*restarts=*/kSuspends / kInARow);
}

}  // namespace
}  // namespace scxx
