// SPDX-License-Identifier: Apache-2.0
//
// Sets Abseil flags from a command line: --name=value, --name value, and for booleans --name and
// --noname. Abseil's own parser ends the process, with several lines and a status of 1, where a
// scheduler promises one line and 2; hence this one.
//
//   std::string help = HelpText("fifo: first in, first out");
//   absl::StatusOr<ParsedFlags> parsed = ParseFlags({argv + 1, argv + argc});
//   if (!parsed.ok()) ...           // "unknown flag --foo"
//   if (parsed->help) ...

#ifndef SCXX_FRAMEWORK_BASE_FLAGS_PARSE_FLAGS_H_
#define SCXX_FRAMEWORK_BASE_FLAGS_PARSE_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scxx {

struct ParsedFlags {
  bool help = false;     // --help, and nothing else was looked at
  bool version = false;  // --version, the same
};

// `arguments` without the program's name. InvalidArgument, in one line, for an unknown flag, a bad
// value, or anything that is no flag; flags before it are set.
absl::StatusOr<ParsedFlags> ParseFlags(const std::vector<std::string>& arguments);

// All flags of the program, sorted by name, with their meanings and as defaults what they say now:
// call it before ParseFlags.
std::string HelpText(absl::string_view summary);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_FLAGS_PARSE_FLAGS_H_
