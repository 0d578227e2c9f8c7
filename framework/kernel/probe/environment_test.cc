// SPDX-License-Identifier: Apache-2.0
//
// Every way in which a machine can be unfit, on invented machines.

#include "framework/kernel/probe/environment.h"

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/kernel/testing/fake_root.h"
#include "framework/kernel/testing/good_kernel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kAllCapabilities[] = "Name:\tfifo\nCapEff:\t000001ffffffffff\n";
constexpr char kNoCapabilities[] = "Name:\tfifo\nCapEff:\t0000000000000000\n";

// A machine that is fit, until a test changes it.
class EnvironmentTest : public testing::Test {
 protected:
  void SetUp() override {
    root_.Write("/proc/sys/kernel/osrelease", "6.1.0-13-amd64\n");
    root_.Write("/proc/sys/net/core/bpf_jit_enable", "1\n");
    root_.Write("/proc/self/status", kAllCapabilities);
    root_.Write("/proc/self/uid_map", "         0          0 4294967295\n");
    root_.Write("/proc/self/limits", Limits("8388608", "8388608"));
    root_.Write("/sys/devices/system/cpu/isolated", "\n");
    root_.Write("/sys/kernel/btf/vmlinux", GoodKernelBtf());
    root_.Write("/sys/kernel/sched_ext/state", "disabled\n");
    root_.Write("/sys/kernel/sched_ext/hotplug_seq", "3\n");
  }

  static std::string Limits(const std::string& soft, const std::string& hard) {
    return "Limit                     Soft Limit           Hard Limit           Units     \n"
           "Max locked memory         " +
           soft + "              " + hard + "              bytes     \n";
  }

  EnvironmentOptions Options() const {
    return {.root = root_.path(), .locked_bytes = int64_t{64} << 20};
  }
  absl::Status Check() const { return CheckEnvironment(Options()); }

  FakeRoot root_;
};

// One line, of this code, with these words.
void ExpectComplaint(const absl::Status& status, absl::StatusCode code, const std::string& problem,
                     const std::string& cure) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(problem), HasSubstr(cure), Not(HasSubstr("\n"))));
}

TEST_F(EnvironmentTest, AFitMachineIsFit) { EXPECT_EQ(Check(), absl::OkStatus()); }

TEST_F(EnvironmentTest, NoSchedExt) {
  root_.Remove("/sys/kernel/sched_ext");
  ExpectComplaint(Check(), absl::StatusCode::kUnimplemented,
                  "this kernel (6.1.0-13-amd64) has no sched_ext",
                  "CONFIG_SCHED_CLASS_EXT=y, or use --backend=vm");
  EXPECT_FALSE(IsCurable(Check()));
}

TEST_F(EnvironmentTest, TheProblemCanBeHadWithoutTheCure) {
  root_.Remove("/sys/kernel/sched_ext");
  EXPECT_EQ(ProblemOf(Check()), "this kernel (6.1.0-13-amd64) has no sched_ext");
}

TEST_F(EnvironmentTest, NoTypeInformation) {
  root_.Remove("/sys/kernel/btf");
  ExpectComplaint(Check(), absl::StatusCode::kUnimplemented, "/sys/kernel/btf/vmlinux",
                  "CONFIG_DEBUG_INFO_BTF=y");
  EXPECT_FALSE(IsCurable(Check()));
}

TEST_F(EnvironmentTest, AKfuncIsMissing) {
  root_.Write("/sys/kernel/btf/vmlinux", GoodKernelBtf("scx_bpf_dispatch_cancel"));
  ExpectComplaint(Check(), absl::StatusCode::kUnimplemented, "scx_bpf_dispatch_cancel",
                  "6.12 or newer");
  EXPECT_FALSE(IsCurable(Check()));
}

TEST_F(EnvironmentTest, NoPrivilege) {
  root_.Write("/proc/self/status", kNoCapabilities);
  ExpectComplaint(Check(), absl::StatusCode::kPermissionDenied, "CAP_BPF", "run as root (sudo)");
  EXPECT_FALSE(IsCurable(Check()));
}

TEST_F(EnvironmentTest, HalfThePrivilege) {
  root_.Write("/proc/self/status", "CapEff:\t0000008000000000\n");  // CAP_BPF alone
  ExpectComplaint(Check(), absl::StatusCode::kPermissionDenied, "CAP_PERFMON", "run as root");
}

TEST_F(EnvironmentTest, RootOfAContainerOnly) {
  root_.Write("/proc/self/uid_map", "         0       1000          1\n");
  ExpectComplaint(Check(), absl::StatusCode::kPermissionDenied, "user namespace",
                  "outside the container");
}

TEST_F(EnvironmentTest, JitOff) {
  root_.Write("/proc/sys/net/core/bpf_jit_enable", "0\n");
  ExpectComplaint(Check(), absl::StatusCode::kFailedPrecondition, "JIT is off",
                  "sysctl net.core.bpf_jit_enable=1");
  EXPECT_TRUE(IsCurable(Check()));
}

TEST_F(EnvironmentTest, JitUnknownInAnotherNetworkNamespace) {
  root_.Remove("/proc/sys/net");
  EXPECT_EQ(Check(), absl::OkStatus());
}

TEST_F(EnvironmentTest, IsolatedCpus) {
  root_.Write("/sys/devices/system/cpu/isolated", "2-3\n");
  ExpectComplaint(Check(), absl::StatusCode::kUnimplemented, "CPUs 2-3 are isolated",
                  "boot without isolcpus=");
}

TEST_F(EnvironmentTest, AnotherSchedulerAttached) {
  root_.Write("/sys/kernel/sched_ext/state", "enabled\n");
  root_.Write("/sys/kernel/sched_ext/root/ops", "simple\n");
  ExpectComplaint(Check(), absl::StatusCode::kAlreadyExists,
                  "another scheduler is attached: simple, enabled", "stop it first");
  EXPECT_TRUE(IsCurable(Check()));
}

TEST_F(EnvironmentTest, WaitsForAFormerScheduler) {
  root_.Write("/sys/kernel/sched_ext/state", "disabling\n");
  EnvironmentOptions options = Options();
  int sleeps = 0;
  options.sleep = [&](absl::Duration) {
    if (++sleeps == 3) root_.Write("/sys/kernel/sched_ext/state", "disabled\n");
  };
  EXPECT_EQ(CheckEnvironment(options), absl::OkStatus());
  EXPECT_EQ(sleeps, 3);
}

// One that was killed is attached until its process has run once more.
TEST_F(EnvironmentTest, WaitsForAFormerSchedulerThatIsStillAttached) {
  root_.Write("/sys/kernel/sched_ext/state", "enabled\n");
  EnvironmentOptions options = Options();
  int sleeps = 0;
  options.sleep = [&](absl::Duration) {
    root_.Write("/sys/kernel/sched_ext/state", ++sleeps == 2 ? "disabled\n" : "disabling\n");
  };
  EXPECT_EQ(CheckEnvironment(options), absl::OkStatus());
  EXPECT_EQ(sleeps, 2);
}

TEST_F(EnvironmentTest, AFormerSchedulerThatStays) {
  root_.Write("/sys/kernel/sched_ext/state", "disabling\n");
  EnvironmentOptions options = Options();
  absl::Duration slept;
  options.sleep = [&](absl::Duration time) { slept += time; };
  ExpectComplaint(CheckEnvironment(options), absl::StatusCode::kAlreadyExists,
                  "not let go of a former scheduler after 5s", "start again");
  EXPECT_EQ(slept, absl::Seconds(5));
}

TEST_F(EnvironmentTest, LockLimit) {
  root_.Write("/proc/self/status", "CapEff:\t000000c000000000\n");  // CAP_BPF and CAP_PERFMON
  ExpectComplaint(Check(), absl::StatusCode::kResourceExhausted,
                  "only 8192 KiB of memory may be locked, 65536 are needed",
                  "LimitMEMLOCK=infinity");
  EXPECT_TRUE(IsCurable(Check()));
}

TEST_F(EnvironmentTest, MemoryLimitOfTheControlGroup) {
  root_.Write("/proc/self/cgroup", "0::/web\n");
  root_.Write("/sys/fs/cgroup/web/memory.max", "41943040\n");
  root_.Write("/sys/fs/cgroup/web/memory.current", "8388608\n");
  ExpectComplaint(Check(), absl::StatusCode::kResourceExhausted,
                  "the memory.max of /sys/fs/cgroup/web leaves 32768 KiB, 65536 are needed",
                  "MemoryMax=");
  root_.Write("/sys/fs/cgroup/web/memory.max", "83886080\n");
  EXPECT_EQ(Check(), absl::OkStatus());
}

// At a restart, when what it had before has hardly been given back.
TEST_F(EnvironmentTest, MemoryIsAskedForOnce) {
  root_.Write("/proc/self/cgroup", "0::/web\n");
  root_.Write("/sys/fs/cgroup/web/memory.max", "41943040\n");
  root_.Write("/sys/fs/cgroup/web/memory.current", "41943040\n");
  root_.Write("/proc/self/status", "VmLck:\t       0 kB\nCapEff:\t000001ffffffffff\n");
  EXPECT_EQ(Check().code(), absl::StatusCode::kResourceExhausted);
  root_.Write("/proc/self/status", "VmLck:\t   31024 kB\nCapEff:\t000001ffffffffff\n");
  EXPECT_EQ(Check(), absl::OkStatus());
}

TEST_F(EnvironmentTest, LockLimitHighEnough) {
  root_.Write("/proc/self/status", "CapEff:\t000000c000000000\n");
  root_.Write("/proc/self/limits", Limits("8388608", "67108864"));
  EXPECT_EQ(Check(), absl::OkStatus());
  root_.Write("/proc/self/limits", Limits("8388608", "unlimited"));
  EXPECT_EQ(Check(), absl::OkStatus());
}

TEST_F(EnvironmentTest, LockLimitIsThatOfWhatIsNeeded) {
  root_.Write("/proc/self/status", "CapEff:\t000000c000000000\n");
  EnvironmentOptions options = Options();
  options.locked_bytes = 8388608;
  EXPECT_EQ(CheckEnvironment(options), absl::OkStatus());
  options.locked_bytes = 8388609;
  EXPECT_EQ(CheckEnvironment(options).code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(EnvironmentTest, LockLimitDoesNotBindWhoMayLock) {
  root_.Write("/proc/self/status", "CapEff:\t000000c000004000\n");  // and CAP_IPC_LOCK
  EXPECT_EQ(Check(), absl::OkStatus());
  root_.Write("/proc/self/status", "CapEff:\t000000c001000000\n");  // or CAP_SYS_RESOURCE
  EXPECT_EQ(Check(), absl::OkStatus());
}

TEST_F(EnvironmentTest, LockedDownForConfidentiality) {
  root_.Write("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
  ExpectComplaint(Check(), absl::StatusCode::kUnimplemented, "lockdown",
                  "lockdown=integrity, or use --backend=vm");
  EXPECT_FALSE(IsCurable(Check()));
}

TEST_F(EnvironmentTest, LockedDownForIntegrityWillDo) {
  root_.Write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  EXPECT_EQ(Check(), absl::OkStatus());
}

TEST_F(EnvironmentTest, RealTimeKernel) {
  root_.Write("/sys/kernel/realtime", "1\n");
  ExpectComplaint(Check(), absl::StatusCode::kUnimplemented, "PREEMPT_RT", "--backend=vm");
  EXPECT_FALSE(IsCurable(Check()));
}

TEST_F(EnvironmentTest, RealTimeKernelByItsVersion) {
  root_.Write("/proc/sys/kernel/version", "#1 SMP PREEMPT_RT Debian 7.3.4-1\n");
  ExpectComplaint(Check(), absl::StatusCode::kUnimplemented, "PREEMPT_RT", "--backend=vm");
  root_.Write("/proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 7.3.4-1\n");
  EXPECT_EQ(Check(), absl::OkStatus());
}

TEST_F(EnvironmentTest, ConstantsCutInHalfWillDo) {
  root_.Write("/sys/kernel/btf/vmlinux", ShortEnumKernelBtf());
  EXPECT_EQ(Check(), absl::OkStatus());
  EXPECT_EQ(OpsFlags({.partial = true}, Options()).value(), 1u | 2u | 8u);
}

TEST_F(EnvironmentTest, LoadRefusedForWantOfPrivilege) {
  root_.Write("/proc/self/status", kNoCapabilities);
  ExpectComplaint(LoadError(EPERM, Options()), absl::StatusCode::kPermissionDenied, "CAP_BPF",
                  "run as root");
}

TEST_F(EnvironmentTest, LoadRefusedForWantOfTheJit) {
  ExpectComplaint(LoadError(-524, Options()), absl::StatusCode::kFailedPrecondition, "JIT is off",
                  "sysctl");
}

TEST_F(EnvironmentTest, LoadRefusedForWantOfAKfunc) {
  root_.Write("/sys/kernel/btf/vmlinux", GoodKernelBtf("scx_bpf_kick_cpu"));
  ExpectComplaint(LoadError(-ESRCH, Options()), absl::StatusCode::kUnimplemented,
                  "scx_bpf_kick_cpu", "--backend=vm");
}

TEST_F(EnvironmentTest, LoadRefusedForWantOfMemory) {
  ExpectComplaint(LoadError(ENOMEM, Options()), absl::StatusCode::kResourceExhausted,
                  "kernel memory", "lower --max_tasks");
}

TEST_F(EnvironmentTest, LoadRefusedByTheVerifier) {
  ExpectComplaint(LoadError(EACCES, Options()), absl::StatusCode::kInternal, "Permission denied",
                  "--debug");
}

TEST_F(EnvironmentTest, AttachRefusedForAnotherScheduler) {
  root_.Write("/sys/kernel/sched_ext/state", "enabled\n");
  root_.Write("/sys/kernel/sched_ext/root/ops", "central\n");
  ExpectComplaint(AttachError(EBUSY, Options()), absl::StatusCode::kAlreadyExists, "central",
                  "stop it first");
}

TEST_F(EnvironmentTest, AttachRefusedForAHotplug) {
  ExpectComplaint(AttachError(EBUSY, Options()), absl::StatusCode::kUnavailable, "CPU came or went",
                  "start it again");
}

TEST_F(EnvironmentTest, AttachRefusedWhileAFormerSchedulerGoes) {
  root_.Write("/sys/kernel/sched_ext/state", "disabling\n");
  EXPECT_EQ(AttachError(EBUSY, Options()).code(), absl::StatusCode::kUnavailable);
}

TEST_F(EnvironmentTest, AttachRefusedForIsolatedCpus) {
  root_.Write("/sys/devices/system/cpu/isolated", "1\n");
  ExpectComplaint(AttachError(EINVAL, Options()), absl::StatusCode::kUnimplemented, "isolated",
                  "isolcpus=");
}

TEST_F(EnvironmentTest, AttachRefusedForOtherReasons) {
  ExpectComplaint(AttachError(E2BIG, Options()), absl::StatusCode::kInvalidArgument, "too large",
                  "--watchdog_timeout");
  ExpectComplaint(AttachError(ENOMEM, Options()), absl::StatusCode::kResourceExhausted,
                  "kernel memory", "lower");
  ExpectComplaint(AttachError(EINVAL, Options()), absl::StatusCode::kInternal, "Invalid argument",
                  "dmesg");
}

TEST_F(EnvironmentTest, ReadsTheHotplugSequence) { EXPECT_EQ(ReadHotplugSequence(Options()), 3u); }

TEST_F(EnvironmentTest, FlagsFollowTheKernelsNumbering) {
  EXPECT_EQ(OpsFlags({}, Options()).value(), 1u | 2u);
  EXPECT_EQ(OpsFlags({.partial = true}, Options()).value(), 1u | 2u | 8u);
  EXPECT_EQ(OpsFlags({.numa_local = true}, Options()).value(), 1u | 2u | 64u);
}

TEST_F(EnvironmentTest, OldKernelsHaveFewerFlags) {
  root_.Write("/sys/kernel/btf/vmlinux", OldKernelBtf());
  EXPECT_EQ(OpsFlags({.numa_local = true}, Options()).value(), 1u | 2u);
  root_.Write("/sys/kernel/btf/vmlinux", GoodKernelBtf("SCX_OPS_ENQ_LAST"));
  ExpectComplaint(OpsFlags({}, Options()).status(), absl::StatusCode::kUnimplemented,
                  "SCX_OPS_ENQ_LAST", "6.12");
}

}  // namespace
}  // namespace scxx
