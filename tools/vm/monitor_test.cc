// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/monitor.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

using ::testing::HasSubstr;

constexpr char kSuspended[] =
    "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"SUSPEND\"}\r\n";

TEST(WakingMonitorTest, AnswersTheGreeting) {
  WakingMonitor monitor;
  EXPECT_THAT(monitor.Answer("{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\r\n"),
              HasSubstr("qmp_capabilities"));
  EXPECT_EQ(monitor.Answer("{\"return\": {}}\r\n"), "");
}

TEST(WakingMonitorTest, WakesAMachineEachTimeThatItSuspends) {
  WakingMonitor monitor;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(monitor.Answer(kSuspended), "{\"execute\": \"system_wakeup\"}\n");
    EXPECT_EQ(monitor.Answer("{\"timestamp\": {}, \"event\": \"WAKEUP\"}\r\n"), "");
  }
}

TEST(WakingMonitorTest, PutsLinesTogether) {
  WakingMonitor monitor;
  const std::string line = kSuspended;
  EXPECT_EQ(monitor.Answer(line.substr(0, line.size() / 2)), "");
  EXPECT_THAT(monitor.Answer(line.substr(line.size() / 2)), HasSubstr("system_wakeup"));
}

}  // namespace
}  // namespace scxx::vm
