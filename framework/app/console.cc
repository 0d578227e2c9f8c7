// SPDX-License-Identifier: Apache-2.0
#include "framework/app/console.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

// Errors mean that nobody reads any more; watch.h notices.
void WriteAll(int fd, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(written);
  }
}

bool HasRoom(int fd) {
  pollfd ready = {.fd = fd, .events = POLLOUT, .revents = 0};
  return poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0;
}

}  // namespace

void Console::Print(absl::string_view text) const { WriteAll(out_fd_, text); }

void Console::PrintIfRoom(absl::string_view line) const {
  if (HasRoom(out_fd_)) WriteAll(out_fd_, absl::StrCat(line, "\n"));
}

void Console::Say(absl::string_view line) const {
  WriteAll(out_fd_, absl::StrCat(name_, ": ", line, "\n"));
}

void Console::SayIfRoom(absl::string_view line) const {
  PrintIfRoom(absl::StrCat(name_, ": ", line));
}

void Console::Complain(absl::string_view line) const {
  WriteAll(err_fd_, absl::StrCat(name_, ": ", line, "\n"));
}

}  // namespace scxx
