// SPDX-License-Identifier: Apache-2.0
// A thundering herd: many tasks wait for one event, and all of them are woken at once.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_HERD_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_HERD_H_

#include <string>

#include "tools/load/workload.h"

namespace scxx::load {

// An operation is one task's wakeup; the latency is from the wake call to its run. A round begins
// when the last of the herd has come back to wait.
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

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_HERD_H_
