// SPDX-License-Identifier: Apache-2.0
// Hogs of different nice levels: does each get the share of CPU time that its weight promises?
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_NICE_MIX_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_NICE_MIX_H_

#include <vector>

#include "tools/load/workload.h"

namespace scxx::load {

// The ideal share of all CPU time (the shares add up to 1) of each of some hogs on `cpus` CPUs: by
// weight, except that no hog can use more than one CPU.
std::vector<double> IdealShares(const std::vector<int>& nices, int cpus);

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

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_NICE_MIX_H_
