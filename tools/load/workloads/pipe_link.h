// SPDX-License-Identifier: Apache-2.0
// Two tasks joined by two pipes that pass one message to and fro.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_PIPE_LINK_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_PIPE_LINK_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/load/crew.h"

namespace scxx::load {

// Ownership: closes both ends, in each process for itself.
class Pipe {
 public:
  static absl::StatusOr<std::shared_ptr<Pipe>> Create();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe();

  // Whole messages only; false when the other side is gone.
  bool Write(const std::vector<char>& message) const;
  bool Read(std::vector<char>& message) const;

 private:
  Pipe(int read_end, int write_end) : read_end_(read_end), write_end_(write_end) {}

  int read_end_;
  int write_end_;
};

struct PingPongPlan {
  int64_t round_trips = 0;  // 0: until the run stops.
  int message_bytes = 8;    // 1 to 4,096.
  int stamp_every = 1;      // Messages between two looks at the clock (some 70 instructions each).
  // True: an operation is a round trip, and each is timed by its pinger. False: an operation is a
  // message, counted by the side that receives it.
  bool timed = false;
};

// Adds a pinger and a ponger, joined by pipes of their own.
absl::Status AddPingPong(const PingPongPlan& plan, Crew& crew);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_PIPE_LINK_H_
