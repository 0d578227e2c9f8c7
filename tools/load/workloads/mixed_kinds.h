// SPDX-License-Identifier: Apache-2.0
// Processes with many threads beside processes with one, all working in turns with one another.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_MIXED_KINDS_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_MIXED_KINDS_H_

#include "tools/load/workload.h"

namespace scxx::load {

// Every task burns a random while and then meets all others at a barrier. An operation is one
// task's turn, and its latency is from the barrier's opening to its run.
class MixedKinds : public Workload {
 public:
  struct Options {
    int processes = 4;  // Of one thread each.
    int threaded_processes = 2;
    int threads = 4;     // Of each of those.
    int64_t turns = 50;  // A task.
    int64_t work = 200;  // Iterations a turn at most (see burn.h).
  };
  explicit MixedKinds(const Options& options) : options_(options) {}

  std::string name() const override { return "mixed_kinds"; }
  std::string unit() const override { return "turn"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_MIXED_KINDS_H_
