// SPDX-License-Identifier: Apache-2.0
//
// What an option may be, and the one sentence that says so, in every program:
//
//   CheckRange("slice", options.slice, absl::Microseconds(100), absl::Seconds(1))
//   // slice=2s is out of range: choose it from 100us to 1s
//   CheckRange("memory", options.memory_mb, 128, 1 << 20, "MiB")
//   // memory=64 MiB is out of range: choose it from 128 to 1048576 MiB
//   CheckRange("duration", options.duration, absl::ZeroDuration(), absl::InfiniteDuration())
//   // duration=-1s is out of range: choose at least 0
//
// The name is that of the option and of its flag. Both ends belong to the range.
//
// Errors: InvalidArgument with that sentence, or OK. Threading: plain functions.

#ifndef SCXX_FRAMEWORK_BASE_RANGE_H_
#define SCXX_FRAMEWORK_BASE_RANGE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace scxx {

absl::Status CheckRange(absl::string_view option, absl::Duration value, absl::Duration low,
                        absl::Duration high);

// `unit`: in the plural, as "tasks", "bytes" or "MiB"; empty for a number of the option's own kind.
absl::Status CheckRange(absl::string_view option, int64_t value, int64_t low, int64_t high,
                        absl::string_view unit = "");

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_RANGE_H_
