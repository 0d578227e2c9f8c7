// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_LOAD_AFFINITY_H_
#define SCXX_TOOLS_LOAD_AFFINITY_H_

#include <sys/types.h>

#include <vector>

#include "absl/status/status.h"

namespace scxx::load {

// CPU numbers, ascending. Machines of up to 1,024 CPUs.
using CpuList = std::vector<int>;

// The CPUs the task may run on (0 is the caller); empty when there is no such task.
CpuList AllowedCpus(pid_t tid = 0);

// False when the kernel refused: no such task, no permission, or no usable CPU in the list.
bool SetAllowedCpus(pid_t tid, const CpuList& cpus);

// Restricts the calling thread, and what it forks, for a scope. An empty list changes nothing.
class ScopedAffinity {
 public:
  explicit ScopedAffinity(const CpuList& cpus);
  ScopedAffinity(const ScopedAffinity&) = delete;
  ScopedAffinity& operator=(const ScopedAffinity&) = delete;
  ~ScopedAffinity();

  const absl::Status& status() const { return status_; }

 private:
  CpuList before_;
  absl::Status status_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_AFFINITY_H_
