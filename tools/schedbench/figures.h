// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them.
#ifndef SCXX_TOOLS_SCHEDBENCH_FIGURES_H_
#define SCXX_TOOLS_SCHEDBENCH_FIGURES_H_

#include <string>

namespace scxx::bench {

// About four digits: "8679", "745.5", "1.067", "0.0312"; large ones whole: "47710207".
std::string Figure(double value);

std::string Ratio(double value);  // "0.85x"

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_FIGURES_H_
