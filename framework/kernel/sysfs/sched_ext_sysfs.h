// SPDX-License-Identifier: Apache-2.0
//
// What the kernel says about sched_ext, in /sys/kernel/sched_ext.
//
//   SchedExtSysfs sysfs;
//   if (!sysfs.Exists()) ...                    // a kernel without sched_ext
//   if (sysfs.State() != "disabled") ... sysfs.OpsName() ... is attached
//
//   const SchedExtState before = sysfs.Snapshot();
//   ... put a load on the machine ...
//   EventsBetween(before, sysfs.Snapshot());    // what the kernel counted meanwhile
//
// Stateless: every call reads the file. Threading: any thread. Errors: a file that is not there, or
// makes no sense, reads as empty or 0: older kernels lack some. Needs no libbpf, so a static
// program in a guest may use it.

#ifndef SCXX_FRAMEWORK_KERNEL_SYSFS_SCHED_EXT_SYSFS_H_
#define SCXX_FRAMEWORK_KERNEL_SYSFS_SCHED_EXT_SYSFS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace scxx {

// Event counters as (name, count), in the kernel's order.
using SchedExtEvents = std::vector<std::pair<std::string, int64_t>>;

// All of it at one time.
struct SchedExtState {
  std::string state = "";   // "enabled", "disabled", ...; empty when the kernel has no sched_ext.
  std::string ops = "";     // Name of the attached scheduler, empty when none.
  int64_t nr_rejected = 0;  // Tasks that were refused the class, since boot.
  int64_t enable_seq = 0;   // How often a scheduler was attached, since boot.
  SchedExtEvents events = {};

  bool present() const { return !state.empty(); }
};

class SchedExtSysfs {
 public:
  // `root` is prepended to /sys, for tests.
  explicit SchedExtSysfs(absl::string_view root = "");

  bool Exists() const;

  // "disabled", "enabling", "enabled", "disabling", ...
  std::string State() const;
  // Name of the attached scheduler; empty if there is none.
  std::string OpsName() const;

  // Counts CPU hotplug events since boot. Read it before load and give it to the kernel: it refuses
  // the attach if a CPU came or went in between.
  uint64_t HotplugSequence() const;
  // Attaches since boot.
  uint64_t EnableSequence() const;
  // Tasks that were refused the class since boot.
  uint64_t RejectedTasks() const;

  // The attached scheduler's event counters (6.15+).
  SchedExtEvents Events() const;

  SchedExtState Snapshot() const;

 private:
  std::string ReadWord(absl::string_view file) const;
  uint64_t ReadNumber(absl::string_view file) const;

  std::string dir_;
};

// What each counter grew by. Counters start anew with another scheduler: then `after` as it is.
SchedExtEvents EventsBetween(const SchedExtState& before, const SchedExtState& after);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_SYSFS_SCHED_EXT_SYSFS_H_
