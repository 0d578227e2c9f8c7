// SPDX-License-Identifier: Apache-2.0
// Short-lived processes: fork (and exec), exit, wait.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_FORK_STORM_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_FORK_STORM_H_

#include <string>

#include "tools/load/workload.h"

namespace scxx::load {

// Forks a child that burns `work` iterations and exits, or becomes `program` when that is not empty
// (called as "PROGRAM exit"), and waits for it. False when it did not fork or the child failed.
bool ForkOnce(const std::string& program, int64_t work);

class ForkStorm : public Workload {
 public:
  struct Options {
    int workers = 4;
    int64_t forks = 100;    // A worker.
    int64_t work = 0;       // Iterations of a child's life (see burn.h).
    std::string exec = "";  // Program to exec, given one argument, "exit". Empty: fork only.
  };
  explicit ForkStorm(const Options& options) : options_(options) {}

  std::string name() const override { return "fork_storm"; }
  std::string unit() const override { return "fork"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_FORK_STORM_H_
