// SPDX-License-Identifier: Apache-2.0
// Tasks that end in the middle of things: killed while they run, while they wait to, or as they
// sleep.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_EXITS_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_EXITS_H_

#include "tools/load/workload.h"

namespace scxx::load {

// Each killer forks a victim that burns, yields or sleeps, works a while itself, kills the victim
// and waits for its end. An operation is a kill; the latency is from the signal to the reaped
// child.
class Exits : public Workload {
 public:
  struct Options {
    int killers = 8;
    int64_t kills = 30;  // A killer.
    int64_t work = 500;  // Iterations between fork and kill at most (see burn.h).
  };
  explicit Exits(const Options& options) : options_(options) {}

  std::string name() const override { return "exits"; }
  std::string unit() const override { return "kill"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_EXITS_H_
