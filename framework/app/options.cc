// SPDX-License-Identifier: Apache-2.0
#include "framework/app/options.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

constexpr std::pair<BackendKind, const char*> kBackendNames[] = {{BackendKind::kAuto, "auto"},
                                                                 {BackendKind::kKernel, "kernel"},
                                                                 {BackendKind::kVm, "vm"},
                                                                 {BackendKind::kSim, "sim"}};

absl::Status OutOfRange(const char* flag, const std::string& value, const char* range) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, " is out of range: ", range));
}

struct DurationRange {
  const char* flag;
  absl::Duration value;
  absl::Duration min;
  absl::Duration max;
  const char* text;
};

struct IntegerRange {
  const char* flag;
  int64_t value;
  int64_t min;
  int64_t max;
  const char* text;
};

absl::Status Check(const DurationRange& range) {
  if (range.min <= range.value && range.value <= range.max) return absl::OkStatus();
  return OutOfRange(range.flag, absl::FormatDuration(range.value), range.text);
}

absl::Status Check(const IntegerRange& range) {
  if (range.min <= range.value && range.value <= range.max) return absl::OkStatus();
  return OutOfRange(range.flag, absl::StrCat(range.value), range.text);
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
  return demo.empty() ? absl::InfiniteDuration() : kDemoDuration;
}

absl::Status Validate(const AppOptions& options) {
  if (absl::Status status = ValidateOptions(options.kernel); !status.ok()) return status;
  const DurationRange durations[] = {
      {"duration", options.duration, absl::ZeroDuration(), absl::InfiniteDuration(),
       "not negative"},
      // Finer than the kernel's own clock ticks is no use to people.
      {"stats_interval",
       options.stats_interval == absl::ZeroDuration() ? absl::Seconds(1) : options.stats_interval,
       absl::Milliseconds(10), absl::Hours(24), "10ms to 24h, or 0 for none"},
  };
  const IntegerRange integers[] = {
      {"exit_dump_len", options.kernel.exit_dump_len, 0, 16 << 20, "0 to 16777216"},
      {"cpus", options.cpus, 1, 64, "1 to 64"},
      {"memory", options.memory_mb, 128, 1 << 20, "128 to 1048576 (MiB)"},
  };
  for (const DurationRange& range : durations) {
    if (absl::Status status = Check(range); !status.ok()) return status;
  }
  for (const IntegerRange& range : integers) {
    if (absl::Status status = Check(range); !status.ok()) return status;
  }
  if (!options.explain.empty() && options.stats_interval == absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        "--explain goes with the statistics: do not turn them off with --stats_interval=0");
  }
  return absl::OkStatus();
}

}  // namespace scxx
