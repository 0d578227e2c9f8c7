// SPDX-License-Identifier: Apache-2.0
//
// Text that somebody else chose, made fit for a terminal. Every user may name a thread
// "\33[2Jroot#", and a terminal would obey; /proc and the kernel's messages pass such names on.
//
//   Say(absl::StrCat("explain ", pid, " ", Printable(comm)));
//   Printable("a\33[2Jb")                  // "a\033[2Jb", with a backslash and three digits
//   Printable(dump, "\n\t")                // of several lines

#ifndef SCXX_FRAMEWORK_STATS_PRINTABLE_H_
#define SCXX_FRAMEWORK_STATS_PRINTABLE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace scxx {

// Everything but printable ASCII and the characters of `keep` as a C escape. That includes letters
// beyond ASCII, since their bytes are control characters to some terminals.
std::string Printable(absl::string_view text, absl::string_view keep = "");

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_STATS_PRINTABLE_H_
