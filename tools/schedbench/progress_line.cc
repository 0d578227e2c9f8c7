// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/progress_line.h"

#include <cstdio>

#include "absl/strings/str_cat.h"

namespace scxx::bench {

void ProgressLine::Show(const Progress& progress) {
  const bool boot = progress.boots_done != shown_.boots_done;
  const bool run = progress.runs_done != shown_.runs_done;
  if (!boot && !(terminal_ && run)) return;
  shown_ = progress;
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start_);
  const char* form = terminal_ ? "\r\033[K%s" : "%s\n";
  std::fprintf(stderr, form, Text(progress, elapsed).c_str());
}

void ProgressLine::Clear() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

std::string ProgressLine::Text(const Progress& progress, std::chrono::seconds elapsed) const {
  std::string text = absl::StrCat("schedbench: ", progress.runs_done, " of ", runs_, " runs, ",
                                  progress.boots_done, " of ", boots_, " boots");
  if (progress.runs_done == 0) return text;
  const auto left = elapsed * (runs_ - progress.runs_done) / progress.runs_done;
  return absl::StrCat(text, ", ", (left.count() + 59) / 60, " min left");
}

}  // namespace scxx::bench
