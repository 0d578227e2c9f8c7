// SPDX-License-Identifier: Apache-2.0
// A periodic task beside CPU hogs: how late does it wake, and what is the longest it goes without a
// run?
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_PERIODIC_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_PERIODIC_H_

#include "framework/base/units.h"
#include "tools/load/workload.h"

namespace scxx::load {

// The body of one periodic task. Latency is from the moment its timer was due to the moment it ran;
// a period that passed while it waited is skipped. Progress is stamped at each wakeup, so the
// longest gap is the longest time between two runs.
void RunPeriodically(Task& task, Nanos period, int64_t work_iterations);

class Periodic : public Workload {
 public:
  struct Options {
    absl::Duration period = absl::Milliseconds(5);
    int64_t work = 250;  // Iterations a period (see burn.h): 250 us of exact mode.
    int hogs = 3;
    absl::Duration duration = absl::Seconds(4);
    // Not zero: instead of `work`, work this long a period, as measured before the start.
    absl::Duration work_time = absl::ZeroDuration();
  };
  explicit Periodic(const Options& options) : options_(options) {}

  std::string name() const override { return "periodic"; }
  std::string unit() const override { return "wakeup"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Duration duration() const override { return options_.duration; }
  absl::Status Build(Crew& crew) override;
  void Summarize(LoadResult& result) const override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_PERIODIC_H_
