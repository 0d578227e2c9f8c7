// SPDX-License-Identifier: Apache-2.0
#include "framework/app/console.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace scxx {

void Console::Print(absl::string_view text) { WaitAndWrite(out_, text); }

void Console::PrintIfRoom(absl::string_view line) {
  absl::Duration none = absl::ZeroDuration();
  Write(out_, absl::StrCat(line, "\n"), none);
}

void Console::Say(absl::string_view line) {
  WaitAndWrite(out_, absl::StrCat(name_, ": ", line, "\n"));
}

void Console::SayIfRoom(absl::string_view line) { PrintIfRoom(absl::StrCat(name_, ": ", line)); }

void Console::Complain(absl::string_view line) {
  WaitAndWrite(err_, absl::StrCat(name_, ": ", line, "\n"));
}

void Console::WaitAndWrite(LineOutput& to, absl::string_view text) {
  absl::Duration half = patience_ / 2;
  patience_ -= half;
  Write(to, text, half);
  patience_ += std::max(half, absl::ZeroDuration());
}

// A line that has begun ends first, or nothing may come after it.
void Console::Write(LineOutput& to, absl::string_view text, absl::Duration& patience) {
  LineOutput& other = &to == &out_ ? err_ : out_;
  if (are_one_ && !other.Finish(patience)) return;
  to.Write(text, patience);
}

}  // namespace scxx
