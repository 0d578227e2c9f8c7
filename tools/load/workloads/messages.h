// SPDX-License-Identifier: Apache-2.0
// Tasks that pass messages through pipes: what do wakeups and switches cost, one by one and by
// thousands?
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_MESSAGES_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_MESSAGES_H_

#include <cstdint>

#include "absl/status/status.h"
#include "tools/load/crew.h"
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

// One such pair; an operation is a round trip, and its time is the latency.
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

// Two tasks joined by two pipes that pass one message to and fro.
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

// Groups of senders and receivers, every sender writing to every receiver of its group (as
// hackbench). An operation is a message received. Pipes hold many messages, so senders run ahead
// until they block.
class Messaging : public Workload {
 public:
  struct Options {
    int groups = 2;
    int fan = 10;           // Senders, and as many receivers, of a group.
    int64_t messages = 20;  // From each sender to each receiver of its group.
    int message_bytes = 100;
    bool threads = false;  // One process a group, with threads, instead of processes only.
  };
  explicit Messaging(const Options& options) : options_(options) {}

  std::string name() const override { return "messaging"; }
  std::string unit() const override { return "message"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  absl::Status AddGroup(Crew& crew) const;

  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_MESSAGES_H_
