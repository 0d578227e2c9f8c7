// SPDX-License-Identifier: Apache-2.0
//
// A scheduler program on a kernel: attach, the ways to end, and the errors that need a kernel to be
// seen. Runs as root in a virtual machine; the program is the only argument.

#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "schedulers/testing/program.h"

namespace scxx {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kAttached[] = "attached to Linux";

std::string program_path;  // set by main()

std::string Name() { return program_path.substr(program_path.rfind('/') + 1); }

std::vector<std::string> Command(const std::vector<std::string>& flags = {}) {
  std::vector<std::string> command = {program_path, "--backend=kernel"};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

void Write(const std::string& file, const std::string& text) { std::ofstream(file) << text; }

void ExpectDetached() { EXPECT_EQ(SchedExtSysfs().State(), "disabled"); }

void ExpectCleanEnd(Program& program, const std::string& reason) {
  EXPECT_EQ(program.Wait(), 0) << program.err();
  EXPECT_EQ(program.err(), "");
  EXPECT_THAT(program.LastLine(), AllOf(StartsWith(Name() + ": detached cleanly after "),
                                        EndsWith("(" + reason + ")")));
  ExpectDetached();
}

// Ends with status 3 and one line, without having attached.
void ExpectRefused(Program& program, const std::string& problem, const std::string& cure) {
  EXPECT_EQ(program.Wait(), 3) << program.out();
  EXPECT_THAT(program.out(), Not(HasSubstr(kAttached)));
  EXPECT_THAT(program.err(), AllOf(StartsWith(Name() + ": "), HasSubstr(problem), HasSubstr(cure)));
  EXPECT_EQ(program.err().find('\n'), program.err().size() - 1);
}

class SignalTest : public testing::TestWithParam<int> {};

TEST_P(SignalTest, DetachesCleanly) {
  Program program(Command());
  ASSERT_TRUE(program.WaitForOutput(kAttached)) << program.Wait() << program.err();
  EXPECT_EQ(SchedExtSysfs().State(), "enabled");
  EXPECT_EQ(SchedExtSysfs().OpsName(), Name());
  program.Signal(GetParam());
  ExpectCleanEnd(program, "a signal");
  EXPECT_THAT(program.out(), HasSubstr("exit report: unregistered from user space"));
}

INSTANTIATE_TEST_SUITE_P(Program, SignalTest, testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST(Program, TheDurationDetachesCleanly) {
  Program program(Command({"--duration=1s", "--stats_interval=100ms"}));
  ExpectCleanEnd(program, "the end of --duration");
  EXPECT_THAT(program.out(), AllOf(HasSubstr("\nqueued "), HasSubstr("\npage faults 0, ")));
}

// Nobody at a terminal has gone away: it is a service whose reader has.
TEST(Program, GoesOnWithoutItsOutput) {
  Program program(Command({"--stats_interval=10ms"}));
  ASSERT_TRUE(program.WaitForOutput(kAttached));
  program.CloseOutput();
  Program second(Command());
  ExpectRefused(second, "another scheduler is attached: " + Name(), "stop it first");
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait(), 0) << program.err();
  ExpectDetached();
}

TEST(Program, KilledItLeavesTheMachineAsItWas) {
  Program program(Command());
  ASSERT_TRUE(program.WaitForOutput(kAttached));
  program.Signal(SIGKILL);
  EXPECT_EQ(program.Wait(), 128 + SIGKILL);
  Program again(Command({"--duration=100ms"}));
  ExpectCleanEnd(again, "the end of --duration");
}

TEST(Program, PartialModeLeavesOrdinaryTasksAlone) {
  Program program(Command({"--partial"}));
  ASSERT_TRUE(program.WaitForOutput(kAttached));
  char switch_all = 0;
  std::ifstream("/sys/kernel/sched_ext/switch_all") >> switch_all;
  EXPECT_EQ(switch_all, '0');
  program.Signal(SIGINT);
  ExpectCleanEnd(program, "a signal");
}

TEST(Program, SysrqEndsItAndThatIsAFailure) {
  Program program(Command());
  ASSERT_TRUE(program.WaitForOutput(kAttached));
  Write("/proc/sysrq-trigger", "S");
  EXPECT_EQ(program.Wait(), 1);
  EXPECT_THAT(program.err(), AllOf(HasSubstr(": FAILED: detached by the kernel after "),
                                   HasSubstr("disabled by sysrq-S")));
  ExpectDetached();
}

// With or without a new attach in between: the end is clean.
TEST(Program, SurvivesHotplug) {
  if (sysconf(_SC_NPROCESSORS_ONLN) < 2) GTEST_SKIP() << "one CPU cannot be unplugged";
  Program program(Command());
  ASSERT_TRUE(program.WaitForOutput(kAttached));
  Write("/sys/devices/system/cpu/cpu1/online", "0");
  Write("/sys/devices/system/cpu/cpu1/online", "1");
  program.Signal(SIGINT);
  ExpectCleanEnd(program, "a signal");
}

TEST(Program, ASecondSchedulerIsRefused) {
  Program first(Command());
  ASSERT_TRUE(first.WaitForOutput(kAttached));
  Program second(Command());
  ExpectRefused(second, "another scheduler is attached: " + Name(), "stop it first");
  first.Signal(SIGINT);
  ExpectCleanEnd(first, "a signal");
}

TEST(Program, NeedsPrivileges) {
  Program program(Command(), [] {
    if (setuid(65534) != 0) _exit(126);
  });
  ExpectRefused(program, "needs privileges (CAP_BPF)", "run as root");
}

TEST(Program, NeedsTheJit) {
  Write("/proc/sys/net/core/bpf_jit_enable", "0");
  Program program(Command());
  ExpectRefused(program, "JIT is off", "sysctl net.core.bpf_jit_enable=1");
  Write("/proc/sys/net/core/bpf_jit_enable", "1");
}

// Root without the capabilities that let it raise or ignore the limit.
void LimitLockedMemory() {
  const rlimit limit = {8 << 20, 8 << 20};
  setrlimit(RLIMIT_MEMLOCK, &limit);
  for (int capability : {CAP_SYS_RESOURCE, CAP_IPC_LOCK}) {
    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
}

TEST(Program, NeedsToLockMemory) {
  Program program(Command(), LimitLockedMemory);
  ExpectRefused(program, "8192 KiB of memory may be locked", "LimitMEMLOCK=infinity");
}

// Only in a machine booted with isolcpus=.
TEST(Isolated, CpusAreRefused) {
  Program program(Command());
  ExpectRefused(program, "CPUs 1 are isolated", "boot without isolcpus=");
}

}  // namespace

void SetProgram(const std::string& path) { program_path = path; }

}  // namespace scxx

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  if (argc != 2) return 2;
  scxx::SetProgram(argv[1]);
  return RUN_ALL_TESTS();
}
