// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_OUTPUT_QUEUE_H_
#define SCXX_TOOLS_VM_OUTPUT_QUEUE_H_

#include <cstddef>
#include <deque>
#include <string>

namespace scxx::vm {

// Bytes on their way to this process's standard output and error, in the order in which the guest
// wrote them: where both are the same terminal or file, they mix as they did there.
class OutputQueue {
 public:
  void Push(int fd, std::string bytes);

  bool empty() const { return chunks_.empty(); }
  size_t size() const { return size_; }  // Bytes.

  // Where the next bytes go; -1 when there are none. Poll it for writing.
  int NextFd() const { return empty() ? -1 : chunks_.front().fd; }

  // Writes some bytes to NextFd(). When nobody reads it any more, its bytes are dropped, now and
  // later, and the result is that descriptor, once; otherwise -1.
  int WriteSome();

  // Writes all, waiting for slow readers.
  void Flush();

 private:
  struct Chunk {
    int fd;
    std::string bytes;
    size_t done = 0;
  };

  void Drop(int fd);

  std::deque<Chunk> chunks_;
  size_t size_ = 0;
  bool closed_[3] = {};  // By descriptor.
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_OUTPUT_QUEUE_H_
