// SPDX-License-Identifier: Apache-2.0
//
// Limits that somebody has set on groups of tasks, which EEVDF enforces and a scheduler of scxx
// does not: cpu.max, cpu.weight, cpu.idle and cpu.uclamp.* of control groups, version 2. People who
// rely on them should hear of it.
//
//   const CgroupLimits limits = CountCgroupLimits();
//   if (limits.groups != 0) Say(DescribeLimits(limits));
//
// It walks /sys/fs/cgroup, or where version 2 is mounted, and reads five files per group: before an
// attach, and not on the agent's thread after it. Errors: what cannot be read counts as unlimited.

#ifndef SCXX_FRAMEWORK_KERNEL_PROBE_CGROUP_LIMITS_H_
#define SCXX_FRAMEWORK_KERNEL_PROBE_CGROUP_LIMITS_H_

#include <string>

namespace scxx {

struct CgroupLimits {
  int groups = 0;     // that have a limit
  bool more = false;  // not all groups were looked at
};

// `root` is prepended to /proc and /sys, for tests. Looks at `most` groups at most.
CgroupLimits CountCgroupLimits(const std::string& root = "", int most = 4096);

// One line; empty if there are none.
std::string DescribeLimits(const CgroupLimits& limits);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROBE_CGROUP_LIMITS_H_
