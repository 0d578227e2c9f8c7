// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/progress.h"

#include <cstdio>

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

constexpr std::chrono::milliseconds kOnTerminal(200);
constexpr std::chrono::milliseconds kElsewhere(10'000);

}  // namespace

void Progress::Show(uint64_t done, uint64_t failed) {
  const Clock::time_point now = Clock::now();
  if (now - shown_ < (terminal_ ? kOnTerminal : kElsewhere)) return;
  shown_ = now;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_);
  std::fprintf(stderr, terminal_ ? "\r\033[K%s" : "%s\n", Text(done, failed, elapsed).c_str());
}

void Progress::Clear() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

std::string Progress::Text(uint64_t done, uint64_t failed,
                           std::chrono::milliseconds elapsed) const {
  std::string text = absl::StrCat(done, " of ", runs_, " runs, ", failed, " failed");
  if (done == 0) return text;
  const double left = static_cast<double>(elapsed.count()) * static_cast<double>(runs_ - done) /
                      static_cast<double>(done);
  return absl::StrCat(text, ", ", static_cast<int64_t>(left / 1000) + 1, " s left");
}

}  // namespace scxx
