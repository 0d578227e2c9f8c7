// SPDX-License-Identifier: Apache-2.0
// Tasks that do nothing but sched_yield to one another.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_YIELDERS_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_YIELDERS_H_

#include "tools/load/workload.h"

namespace scxx::load {

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

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_YIELDERS_H_
