// SPDX-License-Identifier: Apache-2.0
// How the table is printed.
#ifndef SCXX_TOOLS_SCHEDBENCH_FORMAT_H_
#define SCXX_TOOLS_SCHEDBENCH_FORMAT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tools/schedbench/results.h"
#include "tools/schedbench/table.h"

namespace scxx::bench {

enum class Format { kText, kMarkdown, kCsv, kJson };

std::string Print(Format format, const Results& results, const Table& table);

// Abseil's flags: "text", "markdown", "csv", "json".
bool AbslParseFlag(absl::string_view text, Format* format, std::string* error);
std::string AbslUnparseFlag(Format format);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_FORMAT_H_
