// SPDX-License-Identifier: Apache-2.0
//
// The vm tool against a QEMU that does what the test says (fake_qemu.cc).
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "framework/app/vm/locate.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/vm/testing/tool.h"

namespace scxx::vm {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Write(const std::string& name, const std::string& contents) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
  return path;
}

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

std::string FakeKernel() {
  std::string image(0x210, '\0');
  return Write("vmlinuz", image.replace(0x202, 4, "HdrS"));
}

class ToolTest : public ::testing::Test {
 protected:
  // Runs the tool on a machine that does `steps`.
  Tool Start(const std::string& steps, std::vector<std::string> args = {"--", "x"}) {
    args.insert(args.begin(), {"--kernel=" + FakeKernel(), "--accel=tcg"});
    return Tool(args, {"SCXX_QEMU=" + FindRunfile("scxx/tools/vm/testing/fake_qemu"),
                       "FAKE_QEMU=" + steps, "FAKE_QEMU_BOOTS=" + boots_});
  }

  size_t Boots() const { return Read(boots_).size(); }

 private:
  const std::string boots_ = Write("boots", "");
};

TEST_F(ToolTest, ExitsAsTheCommandDoes) {
  EXPECT_EQ(Start("hello;exit:0").Wait(), 0);
  EXPECT_EQ(Start("hello;exit:1792").Wait(), 7);  // Wait statuses: 7 << 8, and the signal's number.
  EXPECT_EQ(Start("hello;exit:11").Wait(), 128 + SIGSEGV);
}

TEST_F(ToolTest, KeepsTheStreamsApart) {
  Tool tool = Start("hello;out:one ;err:two;out:three;exit:0");
  EXPECT_EQ(tool.Wait(), 0);
  EXPECT_EQ(tool.out(), "one three");
  EXPECT_EQ(tool.err(), "two");
}

TEST_F(ToolTest, LeavesNothingBehind) {
  Tool tool = Start("hello;out:x;exit:0");
  tool.Wait();
  tool.WaitUntilNothingIsLeft();
  EXPECT_EQ(tool.TemporaryFiles(), 0);
}

TEST_F(ToolTest, FetchesFiles) {
  const std::string path = Write("fetched", "old");
  EXPECT_EQ(Start("hello;file:two;file: parts;exit:0", {"--fetch=/x:" + path, "--", "x"}).Wait(),
            0);
  EXPECT_EQ(Read(path), "two parts");
}

TEST_F(ToolTest, BootsAgainWhenInitIsNeverReached) {
  Tool tool = Start("console:[0.1] Kernel panic - not syncing: early\r\n");
  EXPECT_EQ(tool.Wait(), 125);
  EXPECT_THAT(tool.err(),
              HasSubstr("vm: the machine did not boot: Kernel panic - not syncing: early;"));
  EXPECT_EQ(Boots(), 3u);
}

TEST_F(ToolTest, ADeadMachineIsNotRunAgain) {
  Tool tool = Start("hello;out:before;console:[9.9] Kernel panic - not syncing: late\r\n");
  EXPECT_EQ(tool.Wait(), 125);
  EXPECT_THAT(
      tool.err(),
      StartsWith("vm: the machine died under the command: Kernel panic - not syncing: late;"));
  EXPECT_EQ(tool.out(), "before");
  EXPECT_EQ(Boots(), 1u);
}

TEST_F(ToolTest, SaysWhyQemuRefused) {
  Tool tool = Start("complain:qemu: no such machine\nmore");
  EXPECT_EQ(tool.Wait(), 125);
  EXPECT_EQ(tool.err(),
            "vm: QEMU cannot run the machine (qemu: no such machine): see its command line with "
            "--verbose\n");
  EXPECT_EQ(Boots(), 1u);
}

TEST_F(ToolTest, AKvmThatCannotRunTheGuestIsNotWaitedFor) {
  Tool tool = Start("complain:KVM internal error. Suberror: 1\n;hang");
  EXPECT_EQ(tool.Wait(), 125);
  tool.WaitUntilNothingIsLeft();
}

TEST_F(ToolTest, StopsAfterTheTimeout) {
  Tool tool = Start("hello;hang", {"--timeout=100ms", "--", "x"});
  EXPECT_EQ(tool.Wait(), 124);
  EXPECT_EQ(tool.err(), "vm: stopped after --timeout=100ms\n");
  tool.WaitUntilNothingIsLeft();
}

class SignalTest : public ToolTest, public ::testing::WithParamInterface<int> {};

TEST_P(SignalTest, ReachesTheCommand) {
  Tool tool = Start("hello;out:ready;expect;exit:0");
  ASSERT_TRUE(tool.WaitForOut("ready"));
  tool.Signal(GetParam());
  EXPECT_EQ(tool.Wait(), 0);
  EXPECT_EQ(tool.err(), "signal " + std::to_string(GetParam()) + "\n");
}

TEST_P(SignalTest, TheSecondStopsTheMachine) {
  Tool tool = Start("hello;out:ready;expect;hang");
  ASSERT_TRUE(tool.WaitForOut("ready"));
  tool.Signal(GetParam());
  ASSERT_TRUE(tool.WaitForErr("signal "));
  tool.Signal(GetParam());
  EXPECT_EQ(tool.Wait(), 128 + GetParam());
  tool.WaitUntilNothingIsLeft();
}

TEST_P(SignalTest, StopsABootAtOnce) {
  Tool tool = Start("complain:starting;hang", {"--verbose", "--", "x"});
  ASSERT_TRUE(tool.WaitForErr("fake_qemu"));  // The command line: the signals are taken by now.
  tool.Signal(GetParam());
  EXPECT_EQ(tool.Wait(), 128 + GetParam());
  tool.WaitUntilNothingIsLeft();
}

INSTANTIATE_TEST_SUITE_P(Signals, SignalTest, ::testing::Values(SIGINT, SIGTERM, SIGHUP, SIGQUIT));

TEST_F(ToolTest, QemuDiesWithAToolThatIsKilled) {
  Tool tool = Start("hello;out:ready;hang");
  ASSERT_TRUE(tool.WaitForOut("ready"));
  tool.Signal(SIGKILL);
  EXPECT_EQ(tool.Wait(), -SIGKILL);
  tool.WaitUntilNothingIsLeft();
  EXPECT_EQ(tool.TemporaryFiles(), 0);
}

TEST_F(ToolTest, AReaderThatGoesAwayIsSeenByTheCommand) {
  Tool tool = Start("hello;out:ready;expect;out:x;expect;exit:13");  // 13 is SIGPIPE.
  ASSERT_TRUE(tool.WaitForOut("ready"));
  tool.CloseOut();
  tool.Signal(SIGINT);  // Now it writes again.
  EXPECT_EQ(tool.Wait(), 128 + SIGPIPE);
  EXPECT_EQ(tool.err(), "signal 2\nclose 1\n");
}

TEST_F(ToolTest, WrongFlagsAreOneLine) {
  Tool cpus = Start("", {"--cpus=0", "--", "x"});
  EXPECT_EQ(cpus.Wait(), 2);
  EXPECT_EQ(cpus.err(), "vm: --cpus must be 1 to 255\n");
  Tool exact = Start("", {"--exact", "--instruction_ns=3", "--", "x"});
  EXPECT_EQ(exact.Wait(), 2);
  EXPECT_EQ(exact.err(), "vm: --instruction_ns must be 1, 2, 4, 8, 16, 32 or 64\n");
  Tool command = Start("", {});
  EXPECT_EQ(command.Wait(), 2);
  EXPECT_EQ(command.err(), "vm: no command: give one after --\n");
  EXPECT_EQ(Boots(), 0u);
}

TEST_F(ToolTest, MissingPartsNameTheCure) {
  Tool no_kernel({"--kernel=/nonexistent", "--", "x"}, {"SCXX_QEMU=/bin/true"});
  EXPECT_EQ(no_kernel.Wait(), 2);
  EXPECT_EQ(no_kernel.err(),
            "vm: cannot read the kernel '/nonexistent': give a readable vmlinuz with --kernel or "
            "SCXX_KERNEL\n");
  Tool no_qemu({"--kernel=" + FakeKernel(), "--", "x"}, {"PATH=/nonexistent"});
  EXPECT_EQ(no_qemu.Wait(), 2);
  EXPECT_EQ(no_qemu.err(),
            "vm: no qemu-system-x86_64 in PATH: install QEMU (apt install qemu-system-x86), or set "
            "SCXX_QEMU\n");
}

}  // namespace
}  // namespace scxx::vm
