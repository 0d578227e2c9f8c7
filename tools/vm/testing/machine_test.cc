// SPDX-License-Identifier: Apache-2.0
//
// The vm tool with a real QEMU and a real kernel, seen from outside.
#include <signal.h>

#include <algorithm>
#include <string>
#include <vector>

#include "framework/app/vm/locate.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/vm/testing/pattern.h"
#include "tools/vm/testing/tool.h"

namespace scxx::vm {
namespace {

using ::testing::HasSubstr;

// Runs guest_actions with these arguments on a machine.
Tool Start(const std::vector<std::string>& arguments, std::vector<std::string> flags = {}) {
  std::vector<std::string> args = {"--accel=tcg"};
  args.insert(args.end(), flags.begin(), flags.end());
  args.insert(args.end(), {"--", FindRunfile("scxx/tools/vm/testing/guest_actions")});
  args.insert(args.end(), arguments.begin(), arguments.end());
  return Tool(args, {"GREETING=hello host"});
}

// The program also leaves a process behind that never ends: the machine ends with its command.
TEST(MachineTest, OutputAndStatusComeThroughUnchanged) {
  Tool tool = Start({"flood"});
  EXPECT_EQ(tool.Wait(), 7);
  EXPECT_TRUE(tool.out() == Pattern()) << tool.out().size() << " bytes";
  EXPECT_EQ(std::count(tool.err().begin(), tool.err().end(), '\n'), 100);
}

TEST(MachineTest, InterruptReachesTheCommand) {
  Tool tool = Start({"wait_for_int"});
  ASSERT_TRUE(tool.WaitForOut("ready\n"));
  tool.Signal(SIGINT);
  EXPECT_EQ(tool.Wait(), 0);
  EXPECT_EQ(tool.out(), "ready\ngot 2\n");
  tool.WaitUntilNothingIsLeft();
  EXPECT_EQ(tool.TemporaryFiles(), 0);
}

TEST(MachineTest, AKilledToolLeavesNothing) {
  Tool tool = Start({"wait_for_int"});
  ASSERT_TRUE(tool.WaitForOut("ready\n"));
  tool.Signal(SIGKILL);
  EXPECT_EQ(tool.Wait(), -SIGKILL);
  tool.WaitUntilNothingIsLeft();
  EXPECT_EQ(tool.TemporaryFiles(), 0);
}

TEST(MachineTest, ACommandThatIsNotThereIs127) {
  Tool tool({"--accel=tcg", "--", "no_such_command"}, {});
  EXPECT_EQ(tool.Wait(), 127);
  EXPECT_EQ(tool.err(), "vm: cannot run no_such_command in the guest: No such file or directory\n");
}

TEST(MachineTest, APanicIsReported) {
  Tool tool = Start({"panic"});
  EXPECT_EQ(tool.Wait(), 125);
  EXPECT_EQ(tool.out(), "about to panic\n");
  EXPECT_THAT(tool.err(),
              HasSubstr("vm: the machine died under the command: Kernel panic - not syncing: "
                        "sysrq triggered crash"));
}

// It would start packed as well, only later.
TEST(MachineTest, TheTestKernelIsUnpackedOnTheHost) {
  Tool tool = Start({"witness"}, {"--exact", "--verbose"});
  EXPECT_EQ(tool.Wait(), 0);
  EXPECT_THAT(tool.err(), HasSubstr("vm: unpacked "));
  EXPECT_THAT(tool.err(), HasSubstr("-kernel /proc/self/fd/"));
}

TEST(MachineTest, ExactModeRepeatsToTheNanosecond) {
  Tool first = Start({"witness"}, {"--exact"});
  Tool second = Start({"witness"}, {"--exact"});
  Tool other_seed = Start({"witness"}, {"--exact", "--seed=2"});
  EXPECT_EQ(first.Wait(), 0);
  EXPECT_EQ(second.Wait(), 0);
  EXPECT_EQ(other_seed.Wait(), 0);
  EXPECT_EQ(first.out(), second.out());
  EXPECT_NE(first.out(), other_seed.out());
}

TEST(MachineTest, AutoFindsAWayToRun) {
  Tool tool = Start({"abort"}, {"--accel=auto"});
  EXPECT_EQ(tool.Wait(), 128 + SIGABRT);
}

TEST(MachineTest, ArgumentsAndEnvironmentArriveExactly) {
  Tool tool = Start({"arguments", "", "a b", "it's \"$HOME\"", "--x", "line\nbreak"},
                    {"--env=GREETING", "--accel=tcg-multi", "--cpus=2"});
  EXPECT_EQ(tool.Wait(), 0);
  EXPECT_EQ(tool.out(), "<><a b><it's \"$HOME\"><--x><line\nbreak><hello host>");
}

}  // namespace
}  // namespace scxx::vm
