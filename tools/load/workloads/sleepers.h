// SPDX-License-Identifier: Apache-2.0
// Tasks that sleep until a time, work a little and sleep again: how late do they wake?
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_SLEEPERS_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_SLEEPERS_H_

#include "framework/base/units.h"
#include "tools/load/workload.h"

namespace scxx::load {

// The body of one periodic task. Latency is from the moment its timer was due to the moment it ran;
// a period that passed while it waited is skipped. Progress is stamped at each wakeup, so the
// longest gap is the longest time between two runs.
void RunPeriodically(Task& task, Nanos period, int64_t work_iterations);

// A periodic task beside CPU hogs: how late does it wake, and what is the longest it goes without a
// run?
class Periodic : public Workload {
 public:
  struct Options {
    absl::Duration period = absl::Milliseconds(5);
    int64_t work = 250;  // Iterations a period (see burn.h): 250 us of exact mode.
    int hogs = 3;
    absl::Duration duration = absl::Seconds(4);
    // Not zero: instead of `work`, work this long a period, as measured before the start.
    absl::Duration work_time = absl::ZeroDuration();
    bool pinned = false;  // Besides, one such task pinned to each CPU, of class "pinned".
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

// Short jobs beside long ones: how long does a short job take, from its arrival to its end?
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

// Nothing to do: what does a scheduler cost a machine that is idle? One task that
// sleeps to the end. Look at switches_machine and sched_ext.events; the figure
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

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_SLEEPERS_H_
