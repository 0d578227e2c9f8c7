// SPDX-License-Identifier: Apache-2.0
#include "tools/load/affinity.h"

#include <sched.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace scxx::load {

CpuList AllowedCpus(pid_t tid) {
  cpu_set_t set;
  if (sched_getaffinity(tid, sizeof(set), &set) != 0) return {};
  CpuList cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

bool SetAllowedCpus(pid_t tid, const CpuList& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(cpu, &set);
  return sched_setaffinity(tid, sizeof(set), &set) == 0;
}

ScopedAffinity::ScopedAffinity(const CpuList& cpus) {
  if (cpus.empty()) return;
  before_ = AllowedCpus();
  if (SetAllowedCpus(0, cpus)) return;
  status_ = absl::InvalidArgumentError(absl::StrCat("--cpus=", absl::StrJoin(cpus, ","),
                                                    ": none of these is usable; allowed are ",
                                                    absl::StrJoin(before_, ",")));
}

ScopedAffinity::~ScopedAffinity() {
  if (!before_.empty()) SetAllowedCpus(0, before_);
}

}  // namespace scxx::load
