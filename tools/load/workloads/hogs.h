// SPDX-License-Identifier: Apache-2.0
// Tasks that always want the CPU: how is it shared out?
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_HOGS_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_HOGS_H_

#include <cstdint>
#include <vector>

#include "tools/load/burn.h"
#include "tools/load/crew.h"
#include "tools/load/workload.h"

namespace scxx::load {

// Iterations (see burn.h) between two signs of progress: a fifth of a millisecond of exact mode.
inline constexpr int64_t kHogChunk = 200;

// The body of a CPU hog: burns until the run stops. Many workloads put some beside their own tasks.
inline void Hog(Task& task) {
  while (!task.stopping()) {
    Burn(kHogChunk);
    task.Progress();
  }
}

inline void AddBackgroundHogs(int count, Crew& crew) {
  for (int i = 0; i < count; ++i) crew.Add("hog", Hog, Crew::Role::kBackground);
}

// The ideal share of all CPU time (the shares add up to 1) of each of some hogs on `cpus` CPUs: by
// weight, except that no hog can use more than one CPU.
std::vector<double> IdealShares(const std::vector<int>& nices, int cpus);

// Hogs of different nice levels: does each get the share of CPU time that its weight promises?
// Figures: share.N and ratio.N for hog number N (its CPU time against the ideal), and worst_ratio,
// the ratio farthest from 1, as a number of 1 or more; worst_error_ms, the CPU time farthest from
// the ideal.
class NiceMix : public Workload {
 public:
  struct Options {
    std::vector<int> nices = {0, 0, 5, 10};
    int pin_cpus = 1;  // Pin to the first so many of the allowed CPUs.
    absl::Duration duration = absl::Seconds(4);
  };
  explicit NiceMix(const Options& options) : options_(options) {}

  std::string name() const override { return "nice_mix"; }
  std::string unit() const override { return "chunk"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Duration duration() const override { return options_.duration; }
  absl::Status Build(Crew& crew) override;
  void Summarize(LoadResult& result) const override;

 private:
  Options options_;
};

// Tasks that do nothing but sched_yield to one another.
class Yielders : public Workload {
 public:
  struct Options {
    int tasks = 8;
    int64_t yields = 2000;  // A task.
  };
  explicit Yielders(const Options& options) : options_(options) {}

  std::string name() const override { return "yield"; }
  std::string unit() const override { return "yield"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_HOGS_H_
