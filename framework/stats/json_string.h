// SPDX-License-Identifier: Apache-2.0
//
// A text as a string of JSON. Programs that must be static use this; Debian's JsonCpp is a shared
// library.

#ifndef SCXX_FRAMEWORK_STATS_JSON_STRING_H_
#define SCXX_FRAMEWORK_STATS_JSON_STRING_H_

#include <string>

#include "absl/strings/string_view.h"

namespace scxx {

// `a"b` as `"a\"b"`: quoted, with quotes, backslashes and control characters escaped (RFC 8259,
// section 7). The text is taken as UTF-8.
std::string JsonString(absl::string_view text);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_STATS_JSON_STRING_H_
