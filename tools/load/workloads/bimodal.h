// SPDX-License-Identifier: Apache-2.0
// Short jobs beside long ones: how long does a short job take, from its arrival to its end?
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_BIMODAL_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_BIMODAL_H_

#include "tools/load/workload.h"

namespace scxx::load {

// Short tasks sleep a random while, then do a short job; long tasks do the same with long jobs. An
// operation is a short job; the latencies of both classes are from arrival to end.
class Bimodal : public Workload {
 public:
  struct Options {
    int short_tasks = 8;
    int64_t jobs = 100;        // A short task.
    int64_t short_work = 100;  // Iterations a short job (see burn.h): 100 us of exact mode.
    int long_tasks = 2;
    int64_t long_work = 20'000;                     // 20 ms of exact mode.
    absl::Duration pause = absl::Milliseconds(10);  // Mean time from the end of a job to the next.
  };
  explicit Bimodal(const Options& options) : options_(options) {}

  std::string name() const override { return "bimodal"; }
  std::string unit() const override { return "short job"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_BIMODAL_H_
