// SPDX-License-Identifier: Apache-2.0
//
// Values in a file of rt-app (times, names, CPUs), each read with an error that says what was
// expected.
//
//   absl::StatusOr<Nanos> delay = ReadMicros(document, node);
//   if (!delay.ok()) return delay.status();   // mix.json:7: tasks.ui.delay: expected a number

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_VALUES_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_VALUES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "tools/schedsim/workload_file/json_document.h"

namespace scxx {

template <size_t N>
bool IsOneOf(const absl::string_view (&words)[N], absl::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

template <typename T, typename To>
absl::Status Assign(const absl::StatusOr<T>& value, To* to) {
  if (value.ok()) *to = *value;
  return value.status();
}

// Each key may come once, but where they are steps or phases.
enum class RepeatedKeys : uint8_t { kNone, kAny };
absl::Status CheckObject(const JsonDocument& document, const JsonNode& node,
                         RepeatedKeys repeated = RepeatedKeys::kNone);
absl::Status RefuseRepeated(const JsonDocument& document, const JsonNode& node);

// `what` names the quantity: "a number of instances".
absl::StatusOr<int64_t> ReadInteger(const JsonDocument& document, const JsonNode& node,
                                    absl::string_view what, int64_t lowest, int64_t highest);

// Microseconds, up to an hour.
absl::StatusOr<Nanos> ReadMicros(const JsonDocument& document, const JsonNode& node,
                                 int64_t lowest = 0);

absl::StatusOr<std::string> ReadText(const JsonDocument& document, const JsonNode& node,
                                     absl::string_view what);

// One of these, which a message lists: "\"a\", \"b\" or \"c\"".
absl::StatusOr<std::string> ReadWord(const JsonDocument& document, const JsonNode& node,
                                     std::initializer_list<absl::string_view> words);

// Up to 32 letters, digits, '_', '-' and '.'.
bool IsRtAppName(absl::string_view name);
// The same in words, for a message: "a task's name of up to ...".
std::string RtAppNameOf(absl::string_view what);

// A list of numbers below `nr_cpus`, one at least.
absl::StatusOr<CpuSet> ReadCpus(const JsonDocument& document, const JsonNode& node, int nr_cpus);

// Seconds; -1 is for ever.
absl::StatusOr<int64_t> ReadSeconds(const JsonDocument& document, const JsonNode& node);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_VALUES_H_
