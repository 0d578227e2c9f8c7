// SPDX-License-Identifier: Apache-2.0
// Nothing to do: what does a scheduler cost a machine that is idle?
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_IDLE_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_IDLE_H_

#include "tools/load/workload.h"

namespace scxx::load {

// One task that sleeps to the end. Look at switches_machine and sched_ext.events; the figure
// machine_switches_per_second is the first by the second.
class Idle : public Workload {
 public:
  struct Options {
    absl::Duration duration = absl::Seconds(10);
  };
  explicit Idle(const Options& options) : options_(options) {}

  std::string name() const override { return "idle"; }
  std::string unit() const override { return "nothing"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Duration duration() const override { return options_.duration; }
  absl::Status Build(Crew& crew) override;
  void Summarize(LoadResult& result) const override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_IDLE_H_
