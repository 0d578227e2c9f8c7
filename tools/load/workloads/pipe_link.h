// SPDX-License-Identifier: Apache-2.0
// Two tasks joined by two pipes that pass one message to and fro.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_PIPE_LINK_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_PIPE_LINK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "tools/load/crew.h"

namespace scxx::load {

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
