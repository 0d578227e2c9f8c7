// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/init/port.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>

#include "tools/vm/init/die.h"

namespace scxx::vm {
namespace {

// Watches /dev, so that the port is opened when it appears and nobody polls. The watch comes before
// the first try: no appearance is missed.
int OpenWhenItAppears(const char* path) {
  const int watch = inotify_init1(IN_CLOEXEC);
  Require(watch >= 0 && inotify_add_watch(watch, "/dev", IN_CREATE) >= 0, "watching /dev");
  for (;;) {
    const int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0) {
      close(watch);
      return fd;
    }
    Require(errno == ENOENT || errno == ENXIO || errno == ENODEV, path);
    char events[4096];
    Require(read(watch, events, sizeof(events)) > 0, "waiting for the port");
  }
}

}  // namespace

Port::Port() : fd_(OpenWhenItAppears(kPortDevice)) {}

void Port::Send(FrameType type, uint8_t arg, const std::string& payload) {
  pending_ += EncodeFrame(type, arg, payload);
}

void Port::Flush() {
  while (!pending_.empty()) {
    const ssize_t written = write(fd_, pending_.data(), pending_.size());
    if (written < 0 && errno == EAGAIN) return;
    Require(written > 0, "writing to the host");
    pending_.erase(0, static_cast<size_t>(written));
  }
}

void Port::FlushFully() {
  for (Flush(); HasPending(); Flush()) {
    pollfd writable = {fd_, POLLOUT, 0};
    poll(&writable, 1, -1);
  }
}

std::optional<Frame> Port::Receive() {
  char bytes[4096];
  const ssize_t got = read(fd_, bytes, sizeof(bytes));
  if (got > 0) reader_.Append(bytes, static_cast<size_t>(got));
  return reader_.Next();
}

}  // namespace scxx::vm
