// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/console_log.h"

#include <string>

#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

TEST(ConsoleLogTest, FindsThePanic) {
  ConsoleLog log(nullptr, false);
  log.Append("[ 1.0] booting\r\n[ 2.0] Kernel panic - not sync");
  log.Append("ing: sysrq triggered crash\r\n[ 2.1] CPU: 0\r\n");
  EXPECT_EQ(log.Panic(), "Kernel panic - not syncing: sysrq triggered crash");
}

TEST(ConsoleLogTest, NoPanicIsEmpty) { EXPECT_EQ(ConsoleLog(nullptr, false).Panic(), ""); }

TEST(ConsoleLogTest, TheTailIsTheLastLinesThatSayAnything) {
  ConsoleLog log(nullptr, false);
  for (int i = 0; i < 100; ++i) log.Append(std::to_string(i) + "\r\n\r\n");
  const std::string tail = log.Tail();
  EXPECT_EQ(tail.rfind("\n  | 75\n  | 76", 0), 0u) << tail;
  EXPECT_EQ(tail.substr(tail.size() - 7), "\n  | 99");
}

TEST(ConsoleLogTest, KeepsTheEndOfALongConsole) {
  ConsoleLog log(nullptr, false);
  for (int i = 0; i < 10'000; ++i) log.Append("a line of the console\r\n");
  log.Append("the last\r\n");
  EXPECT_NE(log.Tail().find("the last"), std::string::npos);
}

}  // namespace
}  // namespace scxx::vm
