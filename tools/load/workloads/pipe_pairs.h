// SPDX-License-Identifier: Apache-2.0
// Pipe ping-pong: one pair timed round trip by round trip, or many pairs counted message by
// message.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_PIPE_PAIRS_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_PIPE_PAIRS_H_

#include "tools/load/workload.h"

namespace scxx::load {

// N pairs of processes; each pair passes one message to and fro. An operation is a message.
class PipePairs : public Workload {
 public:
  struct Options {
    int pairs = 4;
    int64_t messages = 2000;  // A pair, both directions together; an odd one is left out.
    int message_bytes = 8;
    int stamp_every = 1;  // Messages between two looks at the clock (about 70 instructions each).
  };
  explicit PipePairs(const Options& options) : options_(options) {}

  std::string name() const override { return "pipe_pairs"; }
  std::string unit() const override { return "message"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

// One pair; an operation is a round trip, and its time is the latency.
class PingPong : public Workload {
 public:
  struct Options {
    int64_t round_trips = 4000;
    int message_bytes = 8;
  };
  explicit PingPong(const Options& options) : options_(options) {}

  std::string name() const override { return "ping_pong"; }
  std::string unit() const override { return "round trip"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_PIPE_PAIRS_H_
