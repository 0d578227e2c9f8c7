// SPDX-License-Identifier: Apache-2.0
#include "framework/app/line_output.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

// A terminal that has room, but not for what comes next, is looked at that often.
constexpr absl::Duration kAgain = absl::Milliseconds(10);

// A file has nobody to wait for, and opened again it is written from its beginning. A pty's master
// opened again is another pty.
bool HasReader(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) return false;
  int number;
  return S_ISFIFO(status.st_mode) || (isatty(fd) && ioctl(fd, TIOCGPTN, &number) != 0);
}

// None also where that is not allowed, as at the terminal of another user.
OwnedFd OpenAgain(int fd) {
  if (!HasReader(fd)) return OwnedFd();
  const std::string path = absl::StrCat("/proc/self/fd/", fd);
  return OwnedFd(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

int PollMilliseconds(absl::Duration time) {
  if (time == absl::InfiniteDuration()) return -1;
  return static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(time, absl::Milliseconds(1))));
}

bool Poll(int fd, short events, absl::Duration time) {
  pollfd ready = {.fd = fd, .events = events, .revents = 0};
  return poll(&ready, 1, PollMilliseconds(time)) == 1;
}

absl::Duration SteadyTime() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return absl::DurationFromTimespec(time);
}

// How much fits where there is room at all: for a pipe and all else a page's worth, for a terminal
// a byte.
size_t Fits(int fd) { return isatty(fd) ? 1 : PIPE_BUF; }

// Of the line of which `done` bytes of `text` end in the middle.
absl::string_view RestOfLine(absl::string_view text, size_t done) {
  if (done == 0 || text[done - 1] == '\n') return "";
  const size_t end = text.find('\n', done);
  return text.substr(done, end == absl::string_view::npos ? end : end + 1 - done);
}

}  // namespace

LineOutput::LineOutput(int fd) : fd_(fd), own_(OpenAgain(fd)) {}

void LineOutput::Write(absl::string_view text, absl::Duration& patience) {
  rest_.erase(0, Push(rest_, patience));
  if (!rest_.empty()) return;
  rest_ = std::string(RestOfLine(text, Push(text, patience)));
}

// Returns how much of it has been written.
size_t LineOutput::Push(absl::string_view text, absl::Duration& patience) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = WriteSome(text.substr(done));
    if (written > 0) {
      done += static_cast<size_t>(written);
    } else if (written == 0 || (errno != EINTR && !(errno == EAGAIN && WaitForRoom(patience)))) {
      break;
    }
  }
  return done;
}

ssize_t LineOutput::WriteSome(absl::string_view text) const {
  if (own_.ok()) return write(own_.get(), text.data(), text.size());
  const ssize_t sent = send(fd_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0 || errno != ENOTSOCK) return sent;
  errno = EAGAIN;
  if (!Poll(fd_, POLLOUT, absl::ZeroDuration())) return -1;
  return write(fd_, text.data(), std::min(text.size(), Fits(fd_)));
}

// False if it may not wait any more.
bool LineOutput::WaitForRoom(absl::Duration& patience) const {
  if (patience <= absl::ZeroDuration()) return false;
  const absl::Duration before = SteadyTime();
  Poll(fd_, 0, std::min(patience, kAgain));  // until it has an error, at most
  Poll(fd_, POLLOUT, patience);
  patience -= SteadyTime() - before;
  return true;
}

}  // namespace scxx
