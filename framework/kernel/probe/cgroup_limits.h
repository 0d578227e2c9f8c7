// SPDX-License-Identifier: Apache-2.0
//
// Limits of control groups that matter to a scheduler.
//
// EEVDF enforces those on CPU time (cpu.max, cpu.weight, cpu.idle, cpu.uclamp.*; of version 1
// cpu.shares and cpu.cfs_quota_us), and a scheduler of scxx does not. People who rely on them
// should hear of it.
//
//   const CgroupLimits limits = CountCgroupLimits();
//   if (limits.groups != 0) Say(DescribeLimits(limits));
//
// The kernel kills a process that exceeds its group's memory.max, and a scheduler locks all of its
// memory at once. So it asks first what is left.
//
// It walks /sys/fs/cgroup, or where groups are mounted, and reads seven files per group: before an
// attach, and not on the agent's thread after it. Errors: what cannot be read counts as unlimited.

#ifndef SCXX_FRAMEWORK_KERNEL_PROBE_CGROUP_LIMITS_H_
#define SCXX_FRAMEWORK_KERNEL_PROBE_CGROUP_LIMITS_H_

#include <cstdint>
#include <optional>
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

// What the group that leaves least lets its tasks take yet, in bytes, and where the group is. What
// it caches of files counts as left.
struct MemoryLeft {
  int64_t bytes = 0;
  std::string group;
};

// Of this process's group and those around it; none if none has a limit. `root` as above.
std::optional<MemoryLeft> LeastMemoryLeft(const std::string& root = "");

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROBE_CGROUP_LIMITS_H_
