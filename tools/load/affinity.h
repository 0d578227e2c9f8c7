// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_LOAD_AFFINITY_H_
#define SCXX_TOOLS_LOAD_AFFINITY_H_

#include <sys/types.h>

#include "absl/status/status.h"
#include "framework/base/cpu_set.h"

namespace scxx::load {

// The CPUs the task may run on (0 is the caller); empty when there is no such task.
CpuSet AllowedCpus(pid_t tid = 0);

// False when the kernel refused: no such task, no permission, or no usable CPU in the set.
bool SetAllowedCpus(pid_t tid, const CpuSet& cpus);

// Restricts the calling thread, and what it forks, for a scope. An empty set changes nothing.
class ScopedAffinity {
 public:
  explicit ScopedAffinity(const CpuSet& cpus);
  ScopedAffinity(const ScopedAffinity&) = delete;
  ScopedAffinity& operator=(const ScopedAffinity&) = delete;
  ~ScopedAffinity();

  const absl::Status& status() const { return status_; }

 private:
  CpuSet before_;
  absl::Status status_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_AFFINITY_H_
