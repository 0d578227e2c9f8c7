// SPDX-License-Identifier: Apache-2.0

#include "framework/base/range.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

absl::Status OutOfRange(absl::string_view option, absl::string_view value,
                        absl::string_view choice) {
  return absl::InvalidArgumentError(
      absl::StrCat(option, "=", value, " is out of range: choose ", choice));
}

std::string WithUnit(int64_t value, absl::string_view unit) {
  return unit.empty() ? absl::StrCat(value) : absl::StrCat(value, " ", unit);
}

}  // namespace

absl::Status CheckRange(absl::string_view option, absl::Duration value, absl::Duration low,
                        absl::Duration high) {
  if (low <= value && value <= high) return absl::OkStatus();
  const std::string lowest = absl::FormatDuration(low);
  return OutOfRange(option, absl::FormatDuration(value),
                    high == absl::InfiniteDuration()
                        ? absl::StrCat("at least ", lowest)
                        : absl::StrCat("it from ", lowest, " to ", absl::FormatDuration(high)));
}

absl::Status CheckRange(absl::string_view option, int64_t value, int64_t low, int64_t high,
                        absl::string_view unit) {
  if (low <= value && value <= high) return absl::OkStatus();
  return OutOfRange(option, WithUnit(value, unit),
                    absl::StrCat("it from ", low, " to ", WithUnit(high, unit)));
}

}  // namespace scxx
