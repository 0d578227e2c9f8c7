// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/rt_app_values.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "framework/base/cpu.h"

namespace scxx {
namespace {

constexpr int64_t kMaxMicros = 3'600'000'000;
constexpr int64_t kMaxSeconds = 24 * 3600;
constexpr size_t kMaxName = 32;

}  // namespace

absl::Status RefuseRepeated(const JsonDocument& document, const JsonNode& node) {
  if (!node.repeated) return absl::OkStatus();
  return document.Wrong(node, "comes twice; only steps and phases may");
}

absl::Status CheckObject(const JsonDocument& document, const JsonNode& node,
                         RepeatedKeys repeated) {
  if (!node.value->isObject()) return document.Expected(node, "an object { ... }");
  absl::Status status;
  if (repeated == RepeatedKeys::kAny) return status;
  for (const JsonNode& member : document.Members(node)) {
    if (status.ok()) status = RefuseRepeated(document, member);
  }
  return status;
}

absl::StatusOr<int64_t> ReadInteger(const JsonDocument& document, const JsonNode& node,
                                    absl::string_view what, int64_t lowest, int64_t highest) {
  if (node.value->isInt64()) {
    const int64_t number = node.value->asInt64();
    if (lowest <= number && number <= highest) return number;
  }
  return document.Expected(node, absl::StrCat(what, " from ", lowest, " to ", highest));
}

absl::StatusOr<Nanos> ReadMicros(const JsonDocument& document, const JsonNode& node,
                                 int64_t lowest) {
  const absl::StatusOr<int64_t> micros =
      ReadInteger(document, node, "a number of microseconds", lowest, kMaxMicros);
  if (!micros.ok()) return micros.status();
  return Micros(*micros);
}

absl::StatusOr<std::string> ReadText(const JsonDocument& document, const JsonNode& node,
                                     absl::string_view what) {
  if (!node.value->isString()) return document.Expected(node, what);
  return node.value->asString();
}

absl::StatusOr<std::string> ReadWord(const JsonDocument& document, const JsonNode& node,
                                     std::initializer_list<absl::string_view> words) {
  std::string expected;
  for (const absl::string_view& word : words) {
    if (node.value->isString() && node.value->asString() == word) return std::string(word);
    const bool last = &word == words.end() - 1;
    absl::StrAppend(&expected, expected.empty() ? "" : last ? " or " : ", ", "\"", word, "\"");
  }
  return document.Expected(node, expected);
}

bool IsRtAppName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' ||
                  c == '.';
         });
}

std::string RtAppNameOf(absl::string_view what) {
  return absl::StrCat(what, " name of up to ", kMaxName, " letters, digits, '_', '-' and '.'");
}

absl::StatusOr<CpuSet> ReadCpus(const JsonDocument& document, const JsonNode& node, int nr_cpus) {
  if (!node.value->isArray() || node.value->empty()) {
    return document.Expected(node, "a list of CPUs, like [0, 1]");
  }
  CpuSet cpus;
  for (const JsonNode& member : document.Members(node)) {
    const absl::StatusOr<int64_t> cpu =
        ReadInteger(document, member, "a CPU of this machine,", 0, nr_cpus - 1);
    if (!cpu.ok()) return cpu.status();
    cpus.Add(CpuId(static_cast<int>(*cpu)));
  }
  return cpus;
}

absl::StatusOr<int64_t> ReadSeconds(const JsonDocument& document, const JsonNode& node) {
  const absl::StatusOr<int64_t> seconds =
      ReadInteger(document, node, "-1, or a number of seconds", -1, kMaxSeconds);
  if (seconds.ok() && *seconds == 0) {
    return document.Expected(node,
                             absl::StrCat("-1, or a number of seconds from 1 to ", kMaxSeconds));
  }
  return seconds;
}

}  // namespace scxx
