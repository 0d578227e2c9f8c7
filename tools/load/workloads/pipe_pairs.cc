// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/pipe_pairs.h"

#include "tools/load/pipe.h"
#include "tools/load/workloads/pipe_link.h"

namespace scxx::load {

void PipePairs::RegisterFlags(FlagSet& flags) {
  flags.Int("pairs", &options_.pairs, {1, 10'000}, "pairs of processes");
  flags.Int64("messages", &options_.messages, {2}, "messages a pair, both directions together");
  flags.Int("message_bytes", &options_.message_bytes, {1, Pipe::kAtomicBytes}, "size of a message");
  flags.Int("stamp_every", &options_.stamp_every, {1}, "messages between two looks at the clock");
}

absl::Status PipePairs::Build(Crew& crew) {
  const PingPongPlan plan = {.round_trips = options_.messages / 2,
                             .message_bytes = options_.message_bytes,
                             .stamp_every = options_.stamp_every};
  for (int i = 0; i < options_.pairs; ++i) {
    if (absl::Status added = AddPingPong(plan, crew); !added.ok()) return added;
  }
  return absl::OkStatus();
}

void PingPong::RegisterFlags(FlagSet& flags) {
  flags.Int64("round_trips", &options_.round_trips, {1}, "round trips");
  flags.Int("message_bytes", &options_.message_bytes, {1, Pipe::kAtomicBytes}, "size of a message");
}

absl::Status PingPong::Build(Crew& crew) {
  return AddPingPong({.round_trips = options_.round_trips,
                      .message_bytes = options_.message_bytes,
                      .stamp_every = 16,
                      .timed = true},
                     crew);
}

}  // namespace scxx::load
