// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/qemu.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Line(const VmOptions& options, Accel accel) {
  return absl::StrCat(absl::StrJoin(QemuArgs("qemu", options, accel, {7, 8, 9}), " "), " ");
}

TEST(QemuArgsTest, PassesTheMachineAndTheDescriptors) {
  VmOptions options;
  options.kernel = "/k";
  options.cpus = 4;
  options.memory_mb = 300;
  const std::string line = Line(options, Accel::kTcg);
  EXPECT_THAT(line, HasSubstr("-smp 4 -m 300 "));
  EXPECT_THAT(line, HasSubstr("-kernel /k -initrd /proc/self/fd/9 "));
  EXPECT_THAT(line, HasSubstr("socket,id=port,fd=7 "));
  EXPECT_THAT(line, HasSubstr("socket,id=console,fd=8 "));
  EXPECT_THAT(line, HasSubstr("-nic none "));
}

TEST(QemuArgsTest, PassesAnUnpackedKernelInsteadOfTheFile) {
  const VmOptions options = {.kernel = "/k"};
  const QemuFds fds = {.port = 7, .console = 8, .initrd = 9, .vmlinux = 10};
  EXPECT_THAT(absl::StrJoin(QemuArgs("qemu", options, Accel::kTcg, fds), " "),
              HasSubstr("-kernel /proc/self/fd/10 "));
}

TEST(QemuArgsTest, PassesTheShapeOfTheMachine) {
  VmOptions options;
  options.cpus = 2;
  options.max_cpus = 64;
  options.numa = "64,0";
  EXPECT_THAT(Line(options, Accel::kTcg), HasSubstr("-smp 64 -object memory-backend-ram"));
  EXPECT_THAT(KernelCommandLine(options), HasSubstr(" maxcpus=2"));
}

TEST(QemuArgsTest, OneThatSuspendsHasASerialPortAndAMonitor) {
  VmOptions options;
  EXPECT_THAT(Line(options, Accel::kTcg), Not(HasSubstr("-mon ")));
  EXPECT_THAT(KernelCommandLine(options), Not(HasSubstr("vm_port")));
  options.suspend = true;
  EXPECT_THAT(Line(options, Accel::kTcg), HasSubstr("-serial chardev:port "));
  EXPECT_THAT(Line(options, Accel::kTcg), HasSubstr("-mon chardev=monitor,mode=control "));
  EXPECT_THAT(Line(options, Accel::kTcg), Not(HasSubstr("virtio")));
  EXPECT_THAT(KernelCommandLine(options), HasSubstr(" vm_port=/dev/ttyS1"));
}

// KVM's own guests know their hypervisor.
TEST(QemuArgsTest, OnlyAnEmulatedMachineIsDisguised) {
  const VmOptions options = {.cpus = 2, .possible = 64};
  EXPECT_THAT(
      Line(options, Accel::kTcg),
      HasSubstr("-cpu max,-erms,-fsrm,-xsave,-avx,-avx2,-f16c,-fma,-vaes,-hypervisor -smbios "));
  EXPECT_THAT(Line(options, Accel::kKvm), Not(HasSubstr("-hypervisor")));
  EXPECT_THAT(Line({.cpus = 2}, Accel::kTcg), Not(HasSubstr("-hypervisor")));
}

TEST(QemuArgsTest, ChoosesTheAccelerator) {
  EXPECT_THAT(
      Line({}, Accel::kTcg),
      HasSubstr(
          "-accel tcg,thread=single -cpu max,-erms,-fsrm,-xsave,-avx,-avx2,-f16c,-fma,-vaes "));
  EXPECT_THAT(
      Line({}, Accel::kTcgMulti),
      HasSubstr(
          "-accel tcg,thread=multi -cpu max,-erms,-fsrm,-xsave,-avx,-avx2,-f16c,-fma,-vaes "));
  EXPECT_THAT(Line({}, Accel::kKvm), HasSubstr("-accel kvm -cpu host "));
}

TEST(QemuArgsTest, ExactModeLeavesNothingToChance) {
  VmOptions options;
  EXPECT_THAT(Line(options, Accel::kTcg), Not(HasSubstr("-icount")));
  options.exact = true;
  options.seed = 42;
  EXPECT_THAT(Line(options, Accel::kTcg), HasSubstr("-icount shift=0,sleep=off "));
  EXPECT_THAT(Line(options, Accel::kTcg), HasSubstr(",clock=vm -seed 42 "));
  options.instruction_ns = 4;
  EXPECT_THAT(Line(options, Accel::kTcg), HasSubstr("-icount shift=2,sleep=off "));
  EXPECT_THAT(KernelCommandLine(options),
              HasSubstr("nokaslr norandmaps mitigations=off tsc=reliable clocksource=tsc"));
}

TEST(KernelCommandLineTest, EndsWithTheUsersWords) {
  VmOptions options;
  options.append = "debug x=y";
  EXPECT_THAT(KernelCommandLine(options), EndsWith(" debug x=y"));
  EXPECT_THAT(KernelCommandLine(options), HasSubstr(" panic=-1 "));
}

}  // namespace
}  // namespace scxx::vm
