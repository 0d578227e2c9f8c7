// SPDX-License-Identifier: Apache-2.0
#include "framework/app/options.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "framework/base/range.h"

namespace scxx {
namespace {

constexpr std::pair<BackendKind, const char*> kBackendNames[] = {{BackendKind::kAuto, "auto"},
                                                                 {BackendKind::kKernel, "kernel"},
                                                                 {BackendKind::kVm, "vm"},
                                                                 {BackendKind::kSim, "sim"}};

absl::Status CheckSimulated(const AppOptions& options) {
  const std::pair<const char*, bool> unknown[] = {{"agent_cpu", options.kernel.agent_cpu >= 0},
                                                  {"partial", options.kernel.partial},
                                                  {"callback_costs", options.kernel.callback_costs},
                                                  {"demo", !options.demo.empty()}};
  for (const auto& [flag, given] : unknown) {
    if (!given) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, " is for kernels: leave it out with --backend=sim"));
  }
  return absl::OkStatus();
}

}  // namespace

bool AbslParseFlag(absl::string_view text, BackendKind* kind, std::string* error) {
  for (const auto& [value, name] : kBackendNames) {
    if (text != name) continue;
    *kind = value;
    return true;
  }
  *error = "it is one of auto, kernel, vm, sim";
  return false;
}

std::string AbslUnparseFlag(BackendKind kind) {
  for (const auto& [value, name] : kBackendNames) {
    if (value == kind) return name;
  }
  return "";
}

absl::Duration AppOptions::EffectiveDuration() const {
  if (duration != absl::ZeroDuration()) return duration;
  return demo.empty() && backend != BackendKind::kSim ? absl::InfiniteDuration() : kDemoDuration;
}

absl::Status Validate(const AppOptions& options) {
  if (absl::Status status = ValidateOptions(options.kernel); !status.ok()) return status;
  absl::Status status =
      CheckRange("duration", options.duration, absl::ZeroDuration(), absl::InfiniteDuration());
  if (options.stats_interval != absl::ZeroDuration()) {
    // Finer than the kernel's own clock ticks is no use to people.
    status.Update(CheckRange("stats_interval", options.stats_interval, absl::Milliseconds(10),
                             absl::Hours(24)));
  }
  // Above every age guard of a policy's, so that its own order holds first.
  status.Update(
      CheckRange("hold_max", options.kernel.hold_max, absl::Milliseconds(900), absl::Hours(1)));
  status.Update(CheckRange("exit_dump_len", options.kernel.exit_dump_len, 0, 16 << 20, "bytes"));
  status.Update(CheckRange("cpus", options.cpus, 1, 64));
  status.Update(CheckRange("memory", options.memory_mb, 128, 1 << 20, "MiB"));
  if (!status.ok()) return status;
  if (!options.explain.empty() && options.stats_interval == absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        "--explain goes with the statistics: do not turn them off with --stats_interval=0");
  }
  return options.backend == BackendKind::kSim ? CheckSimulated(options) : absl::OkStatus();
}

}  // namespace scxx
