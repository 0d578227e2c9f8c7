// SPDX-License-Identifier: Apache-2.0
// Tasks that change their own and one another's affinity or nice level while they run and wait.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_MEDDLERS_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_MEDDLERS_H_

#include <atomic>
#include <memory>

#include "tools/load/shared.h"
#include "tools/load/workload.h"

namespace scxx::load {

// How a meddler spends a step besides meddling: burns, and now and then yields or sleeps.
struct MeddleOptions {
  int tasks = 8;
  int64_t steps = 300;  // A task.
  int64_t work = 200;   // Iterations a step at most (see burn.h).
};

// Each step sets the affinity of the task itself, or of another at random, to random allowed CPUs.
// Figure `violations`: how often a task found itself on a CPU outside its affinity; must be 0.
class AffinityMeddlers : public Workload {
 public:
  using Options = MeddleOptions;
  explicit AffinityMeddlers(const Options& options) : options_(options) {}

  std::string name() const override { return "affinity"; }
  std::string unit() const override { return "step"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;
  void Summarize(LoadResult& result) const override;

 private:
  Options options_;
  std::shared_ptr<SharedArray<std::atomic<int64_t>>> violations_;
};

// Each step sets the nice level of the task itself, or of another at random, to 0 to 19. Without
// the privilege to lower a level, levels only rise.
class NiceMeddlers : public Workload {
 public:
  using Options = MeddleOptions;
  explicit NiceMeddlers(const Options& options) : options_(options) {}

  std::string name() const override { return "renice"; }
  std::string unit() const override { return "step"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_MEDDLERS_H_
