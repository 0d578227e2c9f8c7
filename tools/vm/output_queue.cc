// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/output_queue.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace scxx::vm {
namespace {

// The descriptors are shared with our parent, so they stay blocking; a pipe that polls as writable
// takes this much.
constexpr size_t kWithoutBlocking = 4096;

}  // namespace

void OutputQueue::Push(int fd, std::string bytes) {
  if (bytes.empty() || closed_[fd]) return;
  size_ += bytes.size();
  chunks_.push_back({fd, std::move(bytes)});
}

int OutputQueue::WriteSome() {
  Chunk& chunk = chunks_.front();
  const size_t count = std::min(chunk.bytes.size() - chunk.done, kWithoutBlocking);
  const ssize_t written = write(chunk.fd, chunk.bytes.data() + chunk.done, count);
  if (written < 0 && (errno == EAGAIN || errno == EINTR)) return -1;
  if (written < 0) {
    const int fd = chunk.fd;
    Drop(fd);
    return fd;
  }
  chunk.done += static_cast<size_t>(written);
  size_ -= static_cast<size_t>(written);
  if (chunk.done == chunk.bytes.size()) chunks_.pop_front();
  return -1;
}

void OutputQueue::Flush() {
  while (!empty()) {
    pollfd writable = {NextFd(), POLLOUT, 0};
    poll(&writable, 1, -1);
    WriteSome();
  }
}

void OutputQueue::Drop(int fd) {
  closed_[fd] = true;
  std::erase_if(chunks_, [fd](const Chunk& chunk) { return chunk.fd == fd; });
  size_ = 0;
  for (const Chunk& chunk : chunks_) size_ += chunk.bytes.size() - chunk.done;
}

}  // namespace scxx::vm
