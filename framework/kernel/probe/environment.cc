// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/probe/environment.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "framework/base/process/process.h"
#include "framework/kernel/probe/cgroup_limits.h"
#include "framework/kernel/probe/kernel_btf.h"
#include "framework/kernel/probe/kernel_requirements.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "framework/stats/printable.h"

namespace scxx {
namespace {

constexpr int kKernelEnotsupp = 524;  // not in <errno.h>; leaks from the kernel's BPF code

constexpr char kJitCure[] =
    "the kernel's BPF JIT is off, and sched_ext needs it: sysctl net.core.bpf_jit_enable=1";

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string ReadTrimmed(const std::string& path) {
  return std::string(absl::StripAsciiWhitespace(ReadFile(path)));
}

// The rest of the line of `text` that begins with `key`, without white space around it.
std::optional<std::string> Field(absl::string_view text, absl::string_view key) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::ConsumePrefix(&line, key)) return std::string(absl::StripAsciiWhitespace(line));
  }
  return std::nullopt;
}

struct Capability {
  int number;
  const char* name;
};

bool Has(uint64_t capabilities, const Capability& capability) {
  return (capabilities >> capability.number & 1) != 0;
}

uint64_t EffectiveCapabilities(const std::string& root) {
  const std::string status = ReadFile(root + "/proc/self/status");
  return strtoull(Field(status, "CapEff:").value_or("0").c_str(), nullptr, 16);
}

absl::Status CheckSchedExt(const EnvironmentOptions& options) {
  if (SchedExtSysfs(options.root).Exists()) return absl::OkStatus();
  const std::string release = ReadTrimmed(options.root + "/proc/sys/kernel/osrelease");
  return absl::UnimplementedError(
      absl::StrCat("this kernel (", release,
                   ") has no sched_ext: boot Linux 6.12 or newer built with "
                   "CONFIG_SCHED_CLASS_EXT=y, or use --backend=vm"));
}

// A file of securityfs where nobody has mounted that, through a mount that nobody else sees. Empty
// if this may not be done, or there is none.
std::string ReadSecurityFile(const char* name) {
  const OwnedFd context(fsopen("securityfs", FSOPEN_CLOEXEC));
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return "";
  const OwnedFd mount(fsmount(context.get(), FSMOUNT_CLOEXEC, 0));
  const OwnedFd file(openat(mount.get(), name, O_RDONLY | O_CLOEXEC));
  char text[256];
  const ssize_t size = read(file.get(), text, sizeof(text));
  return std::string(text, size > 0 ? size : 0);
}

std::string Lockdown(const EnvironmentOptions& options) {
  const std::string text = ReadTrimmed(options.root + "/sys/kernel/security/lockdown");
  return text.empty() && options.root.empty() ? ReadSecurityFile("lockdown") : text;
}

// The text is "none integrity [confidentiality]"; without one there is no lockdown.
absl::Status CheckLockdown(const EnvironmentOptions& options) {
  const std::string lockdown = Lockdown(options);
  if (!absl::StrContains(lockdown, "[confidentiality]")) return absl::OkStatus();
  return absl::UnimplementedError(
      "kernel lockdown is at confidentiality, where no BPF program may read the kernel's memory: "
      "boot with lockdown=integrity, or use --backend=vm");
}

absl::Status CheckRealTime(const EnvironmentOptions& options) {
  const bool real_time =
      ReadTrimmed(options.root + "/sys/kernel/realtime") == "1" ||
      absl::StrContains(ReadFile(options.root + "/proc/sys/kernel/version"), "PREEMPT_RT");
  if (!real_time) return absl::OkStatus();
  return absl::UnimplementedError(
      "this is a PREEMPT_RT kernel, which allows no BPF timer: boot one without, or use "
      "--backend=vm");
}

absl::Status CheckPrivilege(const EnvironmentOptions& options) {
  constexpr Capability kNeeded[] = {{CAP_BPF, "CAP_BPF"}, {CAP_PERFMON, "CAP_PERFMON"}};
  const uint64_t effective = EffectiveCapabilities(options.root);
  for (const Capability& capability : kNeeded) {
    if (Has(effective, capability)) continue;
    return absl::PermissionDeniedError(absl::StrCat("attaching a scheduler needs privileges (",
                                                    capability.name,
                                                    "): run as root (sudo), or use --backend=vm"));
  }
  return absl::OkStatus();
}

// Root of a user namespace has all capabilities, and none that count. The initial namespace maps
// every id to itself.
absl::Status CheckUserNamespace(const EnvironmentOptions& options) {
  const std::string map = ReadTrimmed(options.root + "/proc/self/uid_map");
  const std::vector<absl::string_view> words =
      absl::StrSplit(map, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
  if (map.empty() || (words.size() == 3 && words[2] == "4294967295")) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "attaching a scheduler needs root of the host, and this is a user namespace: run it outside "
      "the container, or use --backend=vm");
}

// Without the file the JIT's state is unknown here: other network namespaces do not see it.
absl::Status CheckJit(const EnvironmentOptions& options) {
  if (ReadTrimmed(options.root + "/proc/sys/net/core/bpf_jit_enable") != "0")
    return absl::OkStatus();
  return absl::FailedPreconditionError(kJitCure);
}

absl::Status CheckIsolatedCpus(const EnvironmentOptions& options) {
  const std::string cpus = ReadTrimmed(options.root + "/sys/devices/system/cpu/isolated");
  if (cpus.empty()) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("CPUs ", cpus,
                   " are isolated, which sched_ext refuses: boot without isolcpus=, or use "
                   "--backend=vm"));
}

absl::Status AttachedError(const SchedExtSysfs& sysfs) {
  const std::string name = sysfs.OpsName();
  return absl::AlreadyExistsError(
      absl::StrCat("another scheduler is attached: ", name.empty() ? "(unnamed)" : Printable(name),
                   ", ", sysfs.State(), "; stop it first"));
}

// A scheduler that was killed is on its way out for a moment, and before that still attached until
// its process has run once more. Looks a hundred times in between.
absl::Status CheckNoneAttached(const EnvironmentOptions& options) {
  constexpr int kLooks = 100, kLooksAtAttached = 10;
  const SchedExtSysfs sysfs(options.root);
  for (int look = 0; look < kLooks; ++look) {
    const std::string state = sysfs.State();
    if (state != "disabling" && (state != "enabled" || look >= kLooksAtAttached)) break;
    options.sleep(options.patience / kLooks);
  }
  const std::string state = sysfs.State();
  if (state.empty() || state == "disabled") return absl::OkStatus();
  if (state != "disabling") return AttachedError(sysfs);
  return absl::AlreadyExistsError(
      absl::StrCat("the kernel has not let go of a former scheduler after ",
                   absl::FormatDuration(options.patience),
                   ": start again in a moment, and see its log (dmesg) if that does not help"));
}

// Columns of /proc/self/limits: name, soft limit, hard limit, unit.
absl::Status CheckLockLimit(const EnvironmentOptions& options) {
  const int64_t needed = options.locked_bytes;
  const uint64_t effective = EffectiveCapabilities(options.root);
  // The one raises the limit, the other is above it.
  for (const int excuse : {CAP_SYS_RESOURCE, CAP_IPC_LOCK}) {
    if (Has(effective, {excuse, ""})) return absl::OkStatus();
  }
  const std::optional<std::string> limits =
      Field(ReadFile(options.root + "/proc/self/limits"), "Max locked memory");
  if (!limits) return absl::OkStatus();
  const std::vector<absl::string_view> columns = absl::StrSplit(*limits, ' ', absl::SkipEmpty());
  int64_t hard = 0;
  if (columns.size() < 2 || !absl::SimpleAtoi(columns[1], &hard) || hard >= needed) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("only ", hard / 1024, " KiB of memory may be locked, ", needed / 1024,
                   " are needed: run as root, or raise `ulimit -l` (systemd: "
                   "LimitMEMLOCK=infinity)"));
}

// A process that has locked memory has started before with what it needs, and what it had then is
// given back in a moment.
bool HasLockedMemory(const EnvironmentOptions& options) {
  const std::string status = ReadFile(options.root + "/proc/self/status");
  return !absl::StartsWith(Field(status, "VmLck:").value_or("0 kB"), "0 ");
}

absl::Status CheckMemoryLimit(const EnvironmentOptions& options) {
  if (HasLockedMemory(options)) return absl::OkStatus();
  const std::optional<MemoryLeft> left = LeastMemoryLeft(options.root);
  if (!left || left->bytes >= options.locked_bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the memory.max of ", Printable(left->group), " leaves ", left->bytes / 1024,
                   " KiB, ", options.locked_bytes / 1024,
                   " are needed: raise it (systemd: MemoryMax=), or lower --max_tasks"));
}

// What the kernel's type information says that is needed here.
struct KernelFacts {
  absl::Status requirements = absl::OkStatus();
  // In sched_ext_ops.flags; 0 if the kernel has no such flag.
  uint64_t enq_last = 0;
  uint64_t enq_exiting = 0;
  uint64_t keep_builtin_idle = 0;
  uint64_t switch_partial = 0;
  uint64_t builtin_idle_per_node = 0;
};

KernelFacts ReadKernelFacts(const std::string& btf_file) {
  const absl::StatusOr<KernelBtf> btf = KernelBtf::Load(btf_file);
  if (!btf.ok()) return {.requirements = btf.status()};
  const auto flag = [&btf](const char* name) {
    return btf->EnumValue("scx_ops_flags", name).value_or(0);
  };
  return {.requirements = CheckKernelRequirements(*btf),
          .enq_last = flag("SCX_OPS_ENQ_LAST"),
          .enq_exiting = flag("SCX_OPS_ENQ_EXITING"),
          .keep_builtin_idle = flag("SCX_OPS_KEEP_BUILTIN_IDLE"),
          .switch_partial = flag("SCX_OPS_SWITCH_PARTIAL"),
          .builtin_idle_per_node = flag("SCX_OPS_BUILTIN_IDLE_PER_NODE")};
}

// Reading takes some ten milliseconds and the running kernel does not change, so that is done once.
KernelFacts FactsOf(const EnvironmentOptions& options) {
  if (!options.root.empty()) return ReadKernelFacts(options.root + KernelBtf::kRunningKernel);
  static const auto* const facts = new KernelFacts(ReadKernelFacts(KernelBtf::kRunningKernel));
  return *facts;
}

absl::Status CheckKernel(const EnvironmentOptions& options) {
  return FactsOf(options).requirements;
}

std::string Describe(int error) { return error == kKernelEnotsupp ? "ENOTSUPP" : strerror(error); }

}  // namespace

absl::Status CheckEnvironment(const EnvironmentOptions& options) {
  using Check = absl::Status (*)(const EnvironmentOptions&);
  // What no user can change comes first.
  constexpr Check kChecks[] = {CheckSchedExt,    CheckRealTime,     CheckLockdown,
                               CheckKernel,      CheckPrivilege,    CheckUserNamespace,
                               CheckJit,         CheckIsolatedCpus, CheckLockLimit,
                               CheckMemoryLimit, CheckNoneAttached};
  for (const Check check : kChecks) {
    if (absl::Status status = check(options); !status.ok()) return status;
  }
  return absl::OkStatus();
}

bool IsCurable(const absl::Status& status) {
  return absl::IsAlreadyExists(status) || absl::IsFailedPrecondition(status) ||
         absl::IsResourceExhausted(status);
}

std::string ProblemOf(const absl::Status& status) {
  const std::vector<std::string> parts = absl::StrSplit(status.message(), absl::MaxSplits(": ", 1));
  return parts.front();
}

absl::Status LoadError(int error, const EnvironmentOptions& options) {
  error = std::abs(error);
  switch (error) {
    case EPERM:
    case EACCES:
      // EACCES is also the verifier's word for a program it does not like.
      if (absl::Status status = CheckPrivilege(options); !status.ok()) return status;
      if (absl::Status status = CheckUserNamespace(options); !status.ok()) return status;
      break;
    case kKernelEnotsupp:
      return absl::FailedPreconditionError(kJitCure);
    case ENOMEM:
      return absl::ResourceExhaustedError(
          "not enough kernel memory for the BPF maps: lower --max_tasks, or raise the memory.max "
          "of this control group");
    case ESRCH:
      if (absl::Status status = CheckKernel(options); !status.ok()) return status;
      break;
    default:
      break;
  }
  return absl::InternalError(absl::StrCat("the kernel refused the BPF program (", Describe(error),
                                          "): run with --debug for its reasons"));
}

absl::Status AttachError(int error, const EnvironmentOptions& options) {
  error = std::abs(error);
  const SchedExtSysfs sysfs(options.root);
  switch (error) {
    case EBUSY:
      if (sysfs.State() != "disabled" && sysfs.State() != "disabling") return AttachedError(sysfs);
      return absl::UnavailableError("a CPU came or went during the attach: start it again");
    case E2BIG:
      return absl::InvalidArgumentError(
          "the kernel refused an option as too large: --watchdog_timeout may be 30s at most");
    case EINVAL:
      if (absl::Status status = CheckIsolatedCpus(options); !status.ok()) return status;
      break;
    case ENOMEM:
      return absl::ResourceExhaustedError(
          "not enough kernel memory to attach: lower --exit_dump_len or --max_tasks");
    case EPERM:
      if (absl::Status status = CheckPrivilege(options); !status.ok()) return status;
      break;
    default:
      break;
  }
  return absl::InternalError(absl::StrCat("the kernel refused to attach (", Describe(error),
                                          "): the kernel's log (dmesg) says why"));
}

uint64_t ReadHotplugSequence(const EnvironmentOptions& options) {
  return SchedExtSysfs(options.root).HotplugSequence();
}

absl::StatusOr<uint64_t> OpsFlags(const OpsRequest& request, const EnvironmentOptions& options) {
  const KernelFacts facts = FactsOf(options);
  if (!facts.requirements.ok()) return facts.requirements;
  uint64_t flags = facts.enq_last | facts.enq_exiting | facts.keep_builtin_idle;
  if (request.partial) flags |= facts.switch_partial;
  if (request.numa_local) flags |= facts.builtin_idle_per_node;
  return flags;
}

}  // namespace scxx
