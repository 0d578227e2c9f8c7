// SPDX-License-Identifier: Apache-2.0
// Message threads that wake workers, which work and report back (as schbench): wakeup latency of
// many.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_WAKEUP_TREE_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_WAKEUP_TREE_H_

#include "tools/load/workload.h"

namespace scxx::load {

// Each message thread is a process with its workers as threads. A worker announces itself and
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

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_WAKEUP_TREE_H_
