// SPDX-License-Identifier: Apache-2.0
#include "tools/load/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace scxx::load {

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
