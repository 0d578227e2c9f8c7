// SPDX-License-Identifier: Apache-2.0
//
// The two ways in which a machine of tools/vm --suspend sleeps. Each returns after the resume.
//
//   SuspendToIdle();     // CPUs stay online and idle; the ACPI timer wakes it within 2.4 s
//   SuspendToRam();      // S3: all CPUs but one go offline; the host wakes it at once
//
// As root, on an emulated q35 machine.

#ifndef SCXX_TESTS_KERNEL_SUSPEND_H_
#define SCXX_TESTS_KERNEL_SUSPEND_H_

#include <sys/io.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "framework/base/check.h"
#include "tests/kernel/odd_machine.h"

namespace scxx {

// What ACPI's tables of this machine say: the events that there were, those that wake, the timer.
constexpr int kPowerStatus = 0x600, kPowerEnable = 0x602, kPowerTimer = 0x608;
constexpr uint16_t kTimerEvent = 1;

inline std::string PowerStatistic(const std::string& name) {
  std::ifstream file("/sys/power/suspend_stats/" + name);
  std::string value;
  file >> value;
  return value;
}

// The timer's event comes whenever its bit 23 turns, every 2.3 s. One before the machine sleeps
// would wake nobody, so there must be time left.
inline void WakeByTimer() {
  constexpr uint32_t kTurn = 1 << 23, kASecond = 3'600'000;
  SCXX_CHECK(ioperm(kPowerStatus, 16, 1) == 0);
  while (kTurn - inl(kPowerTimer) % kTurn < kASecond) {
    usleep(10'000);  // lint: allow banned-call, because the timer tells nobody
  }
  outw(kTimerEvent, kPowerStatus);  // clears it
  outw(inw(kPowerEnable) | kTimerEvent, kPowerEnable);
}

inline void SuspendToIdle() {
  WakeByTimer();
  WriteSys("power/state", "freeze");
}

// Where the bridge has the ports above: their address, and whether they are there.
constexpr char kBridge[] = "/sys/bus/pci/devices/0000:00:1f.0/config";
constexpr int kBridgePorts = 0x40;

// The firmware's work at a resume, which QEMU's leaves undone: without it the ports above are
// gone, and the next S3 returns at once. That they were gone shows that the machine has slept.
inline void RestorePowerPorts() {
  char address[2] = {};
  std::ifstream(kBridge, std::ios::binary).seekg(kBridgePorts).read(address, sizeof(address));
  ASSERT_EQ(address[1], 0) << "this was no S3";
  std::fstream bridge(kBridge, std::ios::in | std::ios::out | std::ios::binary);
  bridge.seekp(kBridgePorts).write("\x01\x06\x00\x00\x80", 5) << std::flush;
  ASSERT_TRUE(bridge.good());
}

inline void SuspendToRam() {
  WriteSys("power/mem_sleep", "deep");
  WriteSys("power/state", "mem");
  RestorePowerPorts();
}

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_SUSPEND_H_
