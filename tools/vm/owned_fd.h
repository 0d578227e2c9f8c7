// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_OWNED_FD_H_
#define SCXX_TOOLS_VM_OWNED_FD_H_

#include <unistd.h>

#include <utility>

namespace scxx::vm {

// A file descriptor that closes itself. -1 is none. Movable, not copyable.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OwnedFd() { Close(); }

  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_OWNED_FD_H_
