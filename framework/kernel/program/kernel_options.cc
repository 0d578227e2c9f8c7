// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/program/kernel_options.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "framework/base/cpu.h"
#include "framework/base/range.h"
#include "framework/channel/default_config.h"
#include "framework/kernel/process/process_memory.h"

namespace scxx {
namespace {

constexpr uint32_t kMinTasks = 64;
constexpr uint32_t kMaxTasks = 4 << 20;
constexpr size_t kMaxName = 127;

// What a scheduler has beside the shared memory: its code, heap and stacks, and in the engine and
// the policy something for each task. A little more than vruntime, which has 8 MiB and 224 bytes.
constexpr int64_t kProcessBytes = 12 << 20;
constexpr int64_t kBytesOfTask = 256;

// What the kernel makes of an exit_dump_len of 0 (SCX_EXIT_DUMP_DFL_LEN).
constexpr uint32_t kKernelsDumpLength = 32768;

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

}  // namespace

absl::Status ValidateOptions(const KernelOptions& options) {
  constexpr absl::Duration kMinSlice = absl::Microseconds(100);
  constexpr absl::Duration kMaxSlice = absl::Seconds(1);
  constexpr absl::Duration kMaxTimeout = absl::Seconds(30);
  if (options.name.empty() || options.name.size() > kMaxName ||
      !std::all_of(options.name.begin(), options.name.end(), IsNameByte)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "scheduler name '", options.name, "' is not 1 to 127 letters, digits, '_', '.' or '-'"));
  }
  absl::Status status = CheckRange("slice", options.slice, kMinSlice, kMaxSlice);
  status.Update(
      CheckRange("watchdog_timeout", options.watchdog_timeout, absl::Seconds(1), kMaxTimeout));
  status.Update(CheckRange("max_tasks", options.max_tasks, kMinTasks, kMaxTasks, "tasks"));
  if (!status.ok()) return status;
  if (options.agent_cpu < -1) {
    return absl::InvalidArgumentError(
        absl::StrCat("agent_cpu of ", options.agent_cpu, " is neither a CPU number nor -1"));
  }
  return absl::OkStatus();
}

std::string WhyNoAgentCpu(const KernelOptions& options, const Topology& topology) {
  const int cpu = options.agent_cpu;
  if (cpu < 0 || cpu >= topology.max_cpus() || topology.max_cpus() < 2) return "";
  const bool online = topology.online().Contains(CpuId(cpu));
  if (online && topology.online().size() > 1) return "";
  return absl::StrCat("--agent_cpu=", cpu, " has no effect while ",
                      online ? "no other CPU is online" : "that CPU is offline");
}

int64_t BytesToLock(const KernelOptions& options, uint32_t nr_cpus) {
  const int64_t shared = SharedBytes(DefaultConfig(nr_cpus, options.max_tasks));
  return kProcessBytes + static_cast<int64_t>(MemoryOptions().headroom) + shared +
         kBytesOfTask * options.max_tasks;
}

scxx_config ConfigOf(const KernelOptions& options, uint32_t nr_cpus, const CpuSet& online) {
  scxx_config config = DefaultConfig(nr_cpus, options.max_tasks);
  SetOnline(online, &config);
  config.wakeup_preempt = options.wakeup_preemption;
  config.direct = options.direct;
  config.agent_cpu = static_cast<uint32_t>(options.agent_cpu + 1);
  config.exit_dump_len = options.exit_dump_len == 0 ? kKernelsDumpLength : options.exit_dump_len;
  config.slice_default = absl::ToInt64Nanoseconds(options.slice);
  config.fallback_after = absl::ToInt64Nanoseconds(options.fallback_after);
  config.hold_max = absl::ToInt64Nanoseconds(options.hold_max);
  return config;
}

}  // namespace scxx
