// SPDX-License-Identifier: Apache-2.0
// Groups of senders and receivers, every sender writing to every receiver of its group (as
// hackbench).
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_MESSAGING_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_MESSAGING_H_

#include "tools/load/workload.h"

namespace scxx::load {

// An operation is a message received. Pipes hold many messages, so senders run ahead until they
// block.
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

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_MESSAGING_H_
