// SPDX-License-Identifier: Apache-2.0
//
// A line about how far many runs are, on standard error: rewritten in place on a terminal, else a
// new one every ten seconds. Short programs print none.

#ifndef SCXX_TOOLS_SCHEDSIM_PROGRESS_H_
#define SCXX_TOOLS_SCHEDSIM_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace scxx {

class Progress {
 public:
  Progress(uint64_t runs, bool terminal) : runs_(runs), terminal_(terminal) {}

  void Show(uint64_t done, uint64_t failed);
  void Clear();  // leaves the terminal's line empty

  // "137 of 1000 runs, 0 failed, 12 s left"
  std::string Text(uint64_t done, uint64_t failed, std::chrono::milliseconds elapsed) const;

 private:
  using Clock = std::chrono::steady_clock;

  const uint64_t runs_;
  const bool terminal_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point shown_ = start_;
};

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_PROGRESS_H_
