// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/flags.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "framework/base/cpu.h"
#include "framework/base/units.h"

namespace scxx {
namespace {

constexpr Nanos kUsualRate = Millis(10);
constexpr uint32_t kMaxEventRing = 1024;
// What no scheduler survives, or what breaks promises by design.
constexpr absl::string_view kNotInAll[] = {"kill_agent", "hostile"};

bool IsInAll(const std::string& name) {
  return std::find(std::begin(kNotInAll), std::end(kNotInAll), name) == std::end(kNotInAll);
}

void SetAll(sim::FaultRates* rates) {
  for (const std::string& name : sim::FaultNames()) {
    if (IsInAll(name)) sim::SetFault(name, kUsualRate, rates);
  }
}

absl::Status SetEventRing(absl::string_view entries, sim::FaultRates* rates) {
  uint32_t number = 0;
  if (!absl::SimpleAtoi(entries, &number) || number < 2 || number > kMaxEventRing ||
      (number & (number - 1)) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("--faults: event_ring=", entries,
                                                   " is none: choose a power of two from 2 to ",
                                                   kMaxEventRing));
  }
  rates->event_ring = number;
  return absl::OkStatus();
}

absl::Status SetOne(absl::string_view name, std::optional<absl::string_view> value,
                    sim::FaultRates* rates) {
  if (name == "event_ring") return SetEventRing(value.value_or("4"), rates);
  Nanos rate = kUsualRate;
  if (value.has_value()) {
    absl::Duration time;
    if (!absl::ParseDuration(*value, &time) || time < absl::ZeroDuration() ||
        time > absl::Hours(24)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--faults: ", name, "=", *value,
                       " is none: give a time from 0 (never) to 24h, like 10ms"));
    }
    rate = Nanos(absl::ToInt64Nanoseconds(time));
  }
  if (sim::SetFault(name, rate, rates)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--faults: there is no \"", name, "\": choose from ", FaultsHelp()));
}

}  // namespace

absl::StatusOr<TopologySpec> ParseTopology(absl::string_view text) {
  const absl::Status error = absl::InvalidArgumentError(
      absl::StrCat("--topology=", text, " is none: give a number of CPUs, or four numbers like ",
                   "2x1x4x2 (nodes, caches, cores, threads), of 1 to ", kMaxCpus, " CPUs in all"));
  std::vector<int> numbers;
  int64_t cpus = 1;
  for (const absl::string_view part : absl::StrSplit(text, 'x')) {
    int number = 0;
    if (!absl::SimpleAtoi(part, &number) || number < 1 || number > kMaxCpus) return error;
    numbers.push_back(number);
    if ((cpus *= number) > kMaxCpus) return error;
  }
  if (numbers.size() == 1) return TopologySpec{.cores_per_llc = numbers[0]};
  if (numbers.size() != 4) return error;
  return TopologySpec{.nodes = numbers[0],
                      .llcs_per_node = numbers[1],
                      .cores_per_llc = numbers[2],
                      .threads_per_core = numbers[3]};
}

std::string FaultsHelp() {
  return absl::StrCat("none, all, ", absl::StrJoin(sim::FaultNames(), ", "), ", event_ring");
}

absl::StatusOr<sim::FaultRates> ParseFaults(absl::string_view text) {
  sim::FaultRates rates;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    if (part == "none") {
      rates = {};
    } else if (part == "all") {
      SetAll(&rates);
    } else {
      const std::pair<absl::string_view, absl::string_view> halves =
          absl::StrSplit(part, absl::MaxSplits('=', 1));
      const bool has_value = part.find('=') != absl::string_view::npos;
      const absl::Status status =
          SetOne(halves.first, has_value ? std::optional(halves.second) : std::nullopt, &rates);
      if (!status.ok()) return status;
    }
  }
  return rates;
}

}  // namespace scxx
