// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/program/kernel_options.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

constexpr uint32_t kMinTasks = 64;
constexpr uint32_t kMaxTasks = 4 << 20;
constexpr size_t kMaxName = 127;

absl::Status OutOfRange(const char* what, absl::Duration value, absl::Duration low,
                        absl::Duration high) {
  return absl::InvalidArgumentError(absl::StrCat(what, " of ", absl::FormatDuration(value),
                                                 " is not between ", absl::FormatDuration(low),
                                                 " and ", absl::FormatDuration(high)));
}

bool Contains(absl::Duration low, absl::Duration high, absl::Duration value) {
  return low <= value && value <= high;
}

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
  if (!Contains(kMinSlice, kMaxSlice, options.slice)) {
    return OutOfRange("slice", options.slice, kMinSlice, kMaxSlice);
  }
  if (!Contains(absl::Seconds(1), kMaxTimeout, options.watchdog_timeout)) {
    return OutOfRange("watchdog timeout", options.watchdog_timeout, absl::Seconds(1), kMaxTimeout);
  }
  if (options.max_tasks < kMinTasks || options.max_tasks > kMaxTasks) {
    return absl::InvalidArgumentError(absl::StrCat(
        "max_tasks of ", options.max_tasks, " is not between ", kMinTasks, " and ", kMaxTasks));
  }
  if (options.agent_cpu < -1) {
    return absl::InvalidArgumentError(
        absl::StrCat("agent_cpu of ", options.agent_cpu, " is neither a CPU number nor -1"));
  }
  return absl::OkStatus();
}

}  // namespace scxx
