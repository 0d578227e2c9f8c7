// SPDX-License-Identifier: Apache-2.0
//
// Standard output and error of a scheduler. Whole lines are written by one system call each, so
// that a reader of a pipe sees them at once and undivided.
//
// While a scheduler is attached it must not wait for a slow reader, who may be waiting to be
// scheduled: PrintIfRoom and SayIfRoom drop the line instead. The others wait, from LimitWaiting on
// not for long. Threading: one thread at a time.

#ifndef SCXX_FRAMEWORK_APP_CONSOLE_H_
#define SCXX_FRAMEWORK_APP_CONSOLE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "framework/app/line_output.h"

namespace scxx {

class Console {
 public:
  // `name` begins every line but those of Print. The descriptors are not owned.
  Console(absl::string_view name, int out_fd, int err_fd)
      : name_(name),
        out_fd_(out_fd),
        out_(out_fd),
        err_(err_fd),
        are_one_(AreOneOutput(out_fd, err_fd)) {}

  int out_fd() const { return out_fd_; }

  // From here on all that waits for a reader does so for that long altogether, and then is lost.
  // Each line waits for half of what is left at most: one that nobody reads, or a kernel's dump on
  // a slow terminal, leaves some for the last line, which says why it has ended.
  void LimitWaiting(absl::Duration total) { patience_ = total; }
  absl::Duration patience() const { return patience_; }  // what is left

  // To standard output, as it is.
  void Print(absl::string_view text);
  // A line to standard output, unless the reader is behind.
  void PrintIfRoom(absl::string_view line);
  // "NAME: line" to standard output, and the same unless the reader is behind.
  void Say(absl::string_view line);
  void SayIfRoom(absl::string_view line);
  // "NAME: line" to standard error.
  void Complain(absl::string_view line);

 private:
  void WaitAndWrite(LineOutput& to, absl::string_view text);
  void Write(LineOutput& to, absl::string_view text, absl::Duration& patience);

  std::string name_;
  int out_fd_;
  LineOutput out_;
  LineOutput err_;
  const bool are_one_;
  absl::Duration patience_ = absl::InfiniteDuration();
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_CONSOLE_H_
