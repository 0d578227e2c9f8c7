// SPDX-License-Identifier: Apache-2.0
#include "tools/load/sched_class.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace scxx::load {
namespace {

// struct sched_attr of the kernel's, which not every C library has.
struct Attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;  // ns
};

}  // namespace

bool JoinSchedClass(const SchedClass& sched_class) {
  Attributes attributes = {};
  attributes.size = sizeof(attributes);
  attributes.policy = static_cast<uint32_t>(sched_class.policy);
  attributes.nice = getpriority(PRIO_PROCESS, 0);
  attributes.priority = static_cast<uint32_t>(sched_class.priority);
  if (sched_class.policy == kSchedDeadline) {
    attributes.runtime = static_cast<uint64_t>(sched_class.runtime.count());
    attributes.period = static_cast<uint64_t>(sched_class.period.count());
    attributes.deadline = attributes.period;
  }
  return syscall(SYS_sched_setattr, 0, &attributes, 0) == 0;
}

}  // namespace scxx::load
