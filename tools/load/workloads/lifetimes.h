// SPDX-License-Identifier: Apache-2.0
// Tasks that do not live long: what do their births and deaths cost, and is any of them lost?
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_LIFETIMES_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_LIFETIMES_H_

#include <string>

#include "tools/load/workload.h"

namespace scxx::load {

// Forks a child that burns `work` iterations and exits, or becomes `program` when that is not empty
// (called as "PROGRAM exit"), and waits for it. False when it did not fork or the child failed.
bool ForkOnce(const std::string& program, int64_t work);

// Short-lived processes: fork (and exec), exit, wait. An operation is a fork, and its latency is
// from the fork to the reaped child.
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

// Tasks that end in the middle of things: killed while they run, while they wait to, or as they
// sleep. Each killer forks a victim that burns, yields or sleeps, works a while itself, kills the
// victim and waits for its end. An operation is a kill; the latency is from the signal to the
// reaped child.
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

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_LIFETIMES_H_
