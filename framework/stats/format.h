// SPDX-License-Identifier: Apache-2.0
//
// Numbers for people: three significant digits and a unit.

#ifndef SCXX_FRAMEWORK_STATS_FORMAT_H_
#define SCXX_FRAMEWORK_STATS_FORMAT_H_

#include <string>

#include "framework/base/units.h"

namespace scxx {

// "0ns", "850ns", "12.3us", "4.56ms", "1.20s"; negative ones with a sign.
std::string FormatNanos(Nanos duration);

// "950", "81.3k", "1.20M"; not negative.
std::string FormatCount(double count);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_STATS_FORMAT_H_
