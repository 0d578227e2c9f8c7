// SPDX-License-Identifier: Apache-2.0
// A bit of everything, for watching a scheduler at work.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_DEMO_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_DEMO_H_

#include "tools/load/workload.h"

namespace scxx::load {

// Sleepers of different periods, pipe pairs, CPU hogs and a process that forks, all at once.
class Demo : public Workload {
 public:
  struct Options {
    int sleepers = 4;
    int pairs = 4;
    int hogs = 3;
    int forkers = 1;
    absl::Duration duration = absl::Seconds(10);
  };
  explicit Demo(const Options& options) : options_(options) {}

  std::string name() const override { return "demo"; }
  std::string unit() const override { return "operation"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Duration duration() const override { return options_.duration; }
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_DEMO_H_
