// SPDX-License-Identifier: Apache-2.0
// A workload: what tasks there are, what they do, and what is counted.
#ifndef SCXX_TOOLS_LOAD_WORKLOAD_H_
#define SCXX_TOOLS_LOAD_WORKLOAD_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/load/crew.h"
#include "tools/load/flag_set.h"
#include "tools/load/result.h"

namespace scxx::load {

// Usage: a concrete class has an Options struct and a constructor that takes it; RunLoad (runner.h)
// does the rest. The same work is done whenever options and seed are the same; how it interleaves
// is the scheduler's affair, which is what is being tested.
class Workload {
 public:
  virtual ~Workload() = default;

  virtual std::string name() const = 0;
  virtual std::string unit() const = 0;  // Of one operation of a foreground task.

  // Names the options. Their values so far are the defaults.
  virtual void RegisterFlags(FlagSet& flags) = 0;

  // How long the run lasts; infinite when it ends with its foreground tasks.
  virtual absl::Duration duration() const { return absl::InfiniteDuration(); }

  // Adds the tasks. Also gets what they share (pipes, memory): they inherit it by fork.
  virtual absl::Status Build(Crew& crew) = 0;

  // Adds figures of the workload's own to a complete result.
  virtual void Summarize(LoadResult& /*result*/) const {}
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOAD_H_
