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

bool IsPipe(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

// A pty's master opened again is another pty.
bool IsMaster(int fd) {
  int number;
  return ioctl(fd, TIOCGPTN, &number) == 0;
}

// What was given to be read from is not written to by another way.
bool IsWritable(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

// None for a file, which has nobody to wait for and opened again is written from its beginning.
// None also where that is not allowed, as at the terminal of another user.
OwnedFd OpenAgain(int fd) {
  if (!IsWritable(fd) || !(IsPipe(fd) || (isatty(fd) && !IsMaster(fd)))) return OwnedFd();
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

// How much of `size` bytes fits where there is room at all: for a pipe a page's worth, for a
// terminal a byte. A file has room for a line of any length, which is not divided there.
size_t Fits(int fd, size_t size) {
  if (isatty(fd)) return 1;
  return IsPipe(fd) ? std::min<size_t>(size, PIPE_BUF) : size;
}

// Of the line of which `done` bytes of `text` end in the middle.
absl::string_view RestOfLine(absl::string_view text, size_t done) {
  if (done == 0 || text[done - 1] == '\n') return "";
  const size_t end = text.find('\n', done);
  return text.substr(done, end == absl::string_view::npos ? end : end + 1 - done);
}

// Also through two of its names, as /dev/tty and /dev/pts/1.
bool AreOneTerminal(int a, int b) {
  unsigned int number_a, number_b;
  return ioctl(a, TIOCGDEV, &number_a) == 0 && ioctl(b, TIOCGDEV, &number_b) == 0 &&
         number_a == number_b;
}

}  // namespace

bool AreOneOutput(int a, int b) {
  struct stat of_a, of_b;
  if (fstat(a, &of_a) != 0 || fstat(b, &of_b) != 0) return false;
  return (of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino) || AreOneTerminal(a, b);
}

LineOutput::LineOutput(int fd) : fd_(fd), own_(OpenAgain(fd)) {}

bool LineOutput::Finish(absl::Duration& patience) {
  rest_.erase(0, Push(rest_, patience));
  return rest_.empty();
}

void LineOutput::Write(absl::string_view text, absl::Duration& patience) {
  if (!Finish(patience)) return;
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
  return write(fd_, text.data(), Fits(fd_, text.size()));
}

// False if it may not wait any more.
bool LineOutput::WaitForRoom(absl::Duration& patience) const {
  if (patience <= absl::ZeroDuration()) return false;
  const absl::Duration end = SteadyTime() + patience;
  Poll(fd_, 0, std::min(patience, kAgain));  // until it has an error, at most
  Poll(fd_, POLLOUT, std::max(end - SteadyTime(), absl::ZeroDuration()));
  patience = end - SteadyTime();
  return true;
}

}  // namespace scxx
