// SPDX-License-Identifier: Apache-2.0
#include "framework/app/console.h"

#include "absl/strings/str_cat.h"

namespace scxx {

void Console::Print(absl::string_view text) { Write(out_, text, patience_); }

void Console::PrintIfRoom(absl::string_view line) {
  absl::Duration none = absl::ZeroDuration();
  Write(out_, absl::StrCat(line, "\n"), none);
}

void Console::Say(absl::string_view line) {
  Write(out_, absl::StrCat(name_, ": ", line, "\n"), patience_);
}

void Console::SayIfRoom(absl::string_view line) { PrintIfRoom(absl::StrCat(name_, ": ", line)); }

void Console::Complain(absl::string_view line) {
  Write(err_, absl::StrCat(name_, ": ", line, "\n"), patience_);
}

// Both may be one terminal, so a line of the other one ends first.
void Console::Write(LineOutput& to, absl::string_view text, absl::Duration& patience) {
  for (LineOutput* output : {&out_, &err_}) output->Finish(patience);
  to.Write(text, patience);
}

}  // namespace scxx
