// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_SCHEDBENCH_PROGRESS_LINE_H_
#define SCXX_TOOLS_SCHEDBENCH_PROGRESS_LINE_H_

#include <chrono>
#include <string>

#include "tools/schedbench/campaign.h"

namespace scxx::bench {

// "schedbench: 37 of 192 runs, 1 of 4 boots, 6 minutes left", on standard error: rewritten in place
// on a terminal, else a new line a boot.
class ProgressLine {
 public:
  ProgressLine(int runs, int boots, bool terminal)
      : runs_(runs), boots_(boots), terminal_(terminal) {}

  void Show(const Progress& progress);
  void Clear();  // Leaves the terminal's line empty.

  std::string Text(const Progress& progress, std::chrono::seconds elapsed) const;

 private:
  const int runs_, boots_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Progress shown_ = {-1, -1};
};

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_PROGRESS_LINE_H_
