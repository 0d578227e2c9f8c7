// SPDX-License-Identifier: Apache-2.0
//
// Conversions between Nanos, used inside, and absl::Duration, used where people read and write
// times (flags, options, logs). Values beyond 292 years saturate; fractions of a nanosecond are
// dropped.

#ifndef SCXX_FRAMEWORK_BASE_DURATION_H_
#define SCXX_FRAMEWORK_BASE_DURATION_H_

#include "absl/time/time.h"
#include "framework/base/units.h"

namespace scxx {

inline absl::Duration ToDuration(Nanos n) { return absl::Nanoseconds(n.count()); }
inline Nanos FromDuration(absl::Duration d) { return Nanos(absl::ToInt64Nanoseconds(d)); }

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_DURATION_H_
