// SPDX-License-Identifier: Apache-2.0
//
// Standard output and error of a scheduler. Whole lines are written by one system call each, so
// that a reader of a pipe sees them at once and undivided.
//
// While a scheduler is attached it must not wait for a slow reader, who may be waiting to be
// scheduled: PrintIfRoom drops the line instead. Threading: any.

#ifndef SCXX_FRAMEWORK_APP_CONSOLE_H_
#define SCXX_FRAMEWORK_APP_CONSOLE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace scxx {

class Console {
 public:
  // `name` begins every line but those of Print. The descriptors are not owned.
  Console(absl::string_view name, int out_fd, int err_fd)
      : name_(name), out_fd_(out_fd), err_fd_(err_fd) {}

  int out_fd() const { return out_fd_; }

  // To standard output, as it is.
  void Print(absl::string_view text) const;
  // A line to standard output, unless the reader is behind.
  void PrintIfRoom(absl::string_view line) const;
  // "NAME: line" to standard output, the same unless the reader is behind, and to standard error.
  void Say(absl::string_view line) const;
  void SayIfRoom(absl::string_view line) const;
  void Complain(absl::string_view line) const;

 private:
  std::string name_;
  int out_fd_;
  int err_fd_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_CONSOLE_H_
