// SPDX-License-Identifier: Apache-2.0
#include "tools/load/affinity.h"

#include <sched.h>

#include <sstream>

namespace scxx::load {

static_assert(CPU_SETSIZE == kMaxCpus);

CpuSet AllowedCpus(pid_t tid) {
  cpu_set_t mask;
  CpuSet cpus;
  if (sched_getaffinity(tid, sizeof(mask), &mask) != 0) return cpus;
  for (int cpu = 0; cpu < kMaxCpus; ++cpu) {
    if (CPU_ISSET(cpu, &mask)) cpus.Add(CpuId(cpu));
  }
  return cpus;
}

bool SetAllowedCpus(pid_t tid, const CpuSet& cpus) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  for (const CpuId cpu : cpus) CPU_SET(cpu.value(), &mask);
  return sched_setaffinity(tid, sizeof(mask), &mask) == 0;
}

ScopedAffinity::ScopedAffinity(const CpuSet& cpus) {
  if (cpus.empty()) return;
  before_ = AllowedCpus();
  if (SetAllowedCpus(0, cpus)) return;
  std::ostringstream message;
  message << "--cpus=" << cpus << ": none of these is usable; allowed are " << before_;
  status_ = absl::InvalidArgumentError(message.str());
}

ScopedAffinity::~ScopedAffinity() {
  if (!before_.empty()) SetAllowedCpus(0, before_);
}

}  // namespace scxx::load
