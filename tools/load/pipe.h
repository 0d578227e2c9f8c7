// SPDX-License-Identifier: Apache-2.0
// A pipe that carries whole messages between processes.
#ifndef SCXX_TOOLS_LOAD_PIPE_H_
#define SCXX_TOOLS_LOAD_PIPE_H_

#include <climits>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"

namespace scxx::load {

// Ownership: closes both ends, in each process for itself.
class Pipe {
 public:
  // The longest message that is written in one piece, however many write.
  static constexpr int kAtomicBytes = PIPE_BUF;

  static absl::StatusOr<std::shared_ptr<Pipe>> Create();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe();

  // One whole message of up to kAtomicBytes; blocks while the pipe is full (Write) or holds none
  // (Read). False when the other side is gone.
  bool Write(const std::vector<char>& message) const;
  bool Read(std::vector<char>& message) const;

 private:
  Pipe(int read_end, int write_end) : read_end_(read_end), write_end_(write_end) {}

  int read_end_;
  int write_end_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_PIPE_H_
