// SPDX-License-Identifier: Apache-2.0
// The report: one file that needs nothing else, for readers who were not there.
#ifndef SCXX_TOOLS_SCHEDBENCH_HTML_PAGE_H_
#define SCXX_TOOLS_SCHEDBENCH_HTML_PAGE_H_

#include <string>

#include "tools/schedbench/results.h"
#include "tools/schedbench/table.h"

namespace scxx::bench {

std::string ToHtml(const Results& results, const Table& table);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_HTML_PAGE_H_
