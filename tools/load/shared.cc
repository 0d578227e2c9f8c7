// SPDX-License-Identifier: Apache-2.0
#include "tools/load/shared.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/load/clock.h"

namespace scxx::load {

bool FutexWait(const FutexWord& word, uint32_t expected, Instant deadline) {
  const timespec until = ToTimespec(deadline);
  // The bitset form takes an absolute time of CLOCK_MONOTONIC; the plain one a relative time.
  const long result =
      syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, expected,
              deadline == kForever ? nullptr : &until, nullptr, FUTEX_BITSET_MATCH_ANY);
  return result == 0 || errno != ETIMEDOUT;
}

int FutexWake(FutexWord& word, int count) {
  return static_cast<int>(syscall(SYS_futex, &word, FUTEX_WAKE, count, nullptr, nullptr, 0));
}

bool WaitUntilAtLeast(const FutexWord& word, uint32_t target, Instant deadline) {
  for (uint32_t value = word.load(); value < target; value = word.load()) {
    if (!FutexWait(word, value, deadline)) return word.load() >= target;
  }
  return true;
}

absl::StatusOr<std::shared_ptr<Pipe>> Pipe::Create() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) == 0) return std::shared_ptr<Pipe>(new Pipe(ends[0], ends[1]));
  return absl::ResourceExhaustedError(
      absl::StrCat("pipe: ", strerror(errno), " (raise ulimit -n, or ask for fewer)"));
}

Pipe::~Pipe() {
  close(read_end_);
  close(write_end_);
}

bool Pipe::Write(const std::vector<char>& message) const {
  ssize_t n = -1;
  while ((n = write(write_end_, message.data(), message.size())) < 0 && errno == EINTR) {
  }
  return n == static_cast<ssize_t>(message.size());
}

bool Pipe::Read(std::vector<char>& message) const {
  size_t have = 0;
  while (have < message.size()) {
    const ssize_t n = read(read_end_, message.data() + have, message.size() - have);
    if (n == 0 || (n < 0 && errno != EINTR)) return false;
    if (n > 0) have += n;
  }
  return true;
}

}  // namespace scxx::load
