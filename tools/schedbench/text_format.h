// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_SCHEDBENCH_TEXT_FORMAT_H_
#define SCXX_TOOLS_SCHEDBENCH_TEXT_FORMAT_H_

#include <string>

#include "tools/schedbench/results.h"
#include "tools/schedbench/table.h"

namespace scxx::bench {

// The table for a terminal, in columns, with what it was made with and how to read it.
std::string ToText(const Results& results, const Table& table);

// The same for a page.
std::string ToMarkdown(const Results& results, const Table& table);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_TEXT_FORMAT_H_
