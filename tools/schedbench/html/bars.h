// SPDX-License-Identifier: Apache-2.0
// Ratios to the first scheduler as bars.
#ifndef SCXX_TOOLS_SCHEDBENCH_HTML_BARS_H_
#define SCXX_TOOLS_SCHEDBENCH_HTML_BARS_H_

#include <string>

#include "tools/schedbench/table.h"

namespace scxx::bench {

// A group of bars a row that has ratios, a bar a scheduler but the first, from 1 to the left when
// it is better and to the right when it is worse, logarithmically: twice and half are equally long.
// "" when there are none.
std::string RatioBars(const Table& table);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_HTML_BARS_H_
