// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/mode.h"

namespace scxx::bench {
namespace {

constexpr std::pair<Mode, const char*> kNames[] = {{Mode::kExact, "exact"},
                                                   {Mode::kExact2, "exact2"},
                                                   {Mode::kConcurrent, "concurrent"},
                                                   {Mode::kHost, "host"}};

}  // namespace

Measured Measures(Mode mode, Quantity quantity) {
  switch (mode) {
    case Mode::kExact:
    case Mode::kHost:
      return Measured::kYes;
    case Mode::kExact2:
      return quantity == Quantity::kCount ? Measured::kYes : Measured::kNo;
    case Mode::kConcurrent:
      if (quantity == Quantity::kCost || quantity == Quantity::kTime) return Measured::kNo;
      // Shares and counts have no clock in them that the host could disturb.
      return quantity == Quantity::kLatency || quantity == Quantity::kGap ? Measured::kRatioOnly
                                                                          : Measured::kYes;
  }
  return Measured::kNo;
}

std::string WhyNot(Mode mode) {
  switch (mode) {
    case Mode::kExact2:
      return "exact2 measures counts only: each CPU stands still while the other runs, which its "
             "clock shows as latency";
    case Mode::kConcurrent:
      return "concurrent measures no cost: how fast an emulated CPU runs is the host's affair";
    default:
      return "";
  }
}

int CpusOf(Mode mode) {
  if (mode == Mode::kHost) return 0;
  return mode == Mode::kExact ? 1 : 2;
}

bool AbslParseFlag(absl::string_view text, Mode* mode, std::string* error) {
  for (const auto& [value, name] : kNames) {
    *mode = value;
    if (text == name) return true;
  }
  *error = "it must be exact, exact2, concurrent or host";
  return false;
}

std::string AbslUnparseFlag(Mode mode) {
  for (const auto& [value, name] : kNames) {
    if (value == mode) return name;
  }
  return "";
}

}  // namespace scxx::bench
