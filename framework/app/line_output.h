// SPDX-License-Identifier: Apache-2.0
//
// LineOutput writes to a descriptor whose reader may have stopped: a pager, a terminal after
// Ctrl-S. It waits for the reader as long as it may and not longer.
//
//   LineOutput out(STDOUT_FILENO);
//   absl::Duration patience = absl::ZeroDuration();
//   out.Write("a line\n", patience);     // there at once, or not at all
//
// To ask first whether there is room does not do: a terminal with room for a byte says so, and then
// a line sleeps in it. Nor may the descriptor be set to O_NONBLOCK, which it would be for whoever
// shares it, a shell for example. So a pipe and a terminal are opened once more.
//
// Threading: one thread at a time.

#ifndef SCXX_FRAMEWORK_APP_LINE_OUTPUT_H_
#define SCXX_FRAMEWORK_APP_LINE_OUTPUT_H_

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "framework/base/process/process.h"

namespace scxx {

class LineOutput {
 public:
  // The descriptor is not owned.
  explicit LineOutput(int fd);

  // Waits for room for `patience` at most, and takes from that what it has waited. What finds no
  // room is lost, by whole lines: the rest of a line that has begun comes before anything else is
  // written. Also lost is what nobody can read any more.
  void Write(absl::string_view text, absl::Duration& patience);

  // The same, of what is left of a line that has begun. False if some of it still is.
  bool Finish(absl::Duration& patience);

 private:
  size_t Push(absl::string_view text, absl::Duration& patience);
  ssize_t WriteSome(absl::string_view text) const;
  bool WaitForRoom(absl::Duration& patience) const;

  const int fd_;
  const OwnedFd own_;  // a description of our own, that does not block; or none
  std::string rest_;   // of a line
};

// Whether both go to the same reader, who would see the lines of one within those of the other.
bool AreOneOutput(int a, int b);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_LINE_OUTPUT_H_
