// SPDX-License-Identifier: Apache-2.0
// Tasks that wait for one another in memory they share: how soon does one run once it is woken?
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_WAKEUPS_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_WAKEUPS_H_

#include <string>

#include "tools/load/workload.h"

namespace scxx::load {

// A thundering herd: many tasks wait for one event, and all of them are woken at once. An
// operation is one task's wakeup; the latency is from the wake call to its run. A round begins when
// the last of the herd has come back to wait.
class Herd : public Workload {
 public:
  struct Options {
    int waiters = 1000;  // Threads of one process.
    int64_t rounds = 10;
    std::string kind = "futex";  // Or "condvar" or "eventfd".
  };
  explicit Herd(const Options& options) : options_(options) {}

  std::string name() const override { return "herd"; }
  std::string unit() const override { return "wakeup"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

// Message threads that wake workers, which work and report back (as schbench): wakeup latency of
// many. Each message thread is a process with its workers as threads. A worker announces itself and
// blocks; its message thread wakes it; it works and begins again. An operation is a worker's
// request, and the latency is from its wakeup to its run.
class WakeupTree : public Workload {
 public:
  struct Options {
    int messengers = 2;
    int workers = 8;        // A messenger.
    int64_t requests = 50;  // A worker.
    int64_t work = 200;     // Iterations a request (see burn.h).
  };
  explicit WakeupTree(const Options& options) : options_(options) {}

  std::string name() const override { return "wakeup_tree"; }
  std::string unit() const override { return "request"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

// Processes with many threads beside processes with one, all working in turns with one another.
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

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_WAKEUPS_H_
