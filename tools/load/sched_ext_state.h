// SPDX-License-Identifier: Apache-2.0
// The kernel's own account of sched_ext, read from /sys/kernel/sched_ext.
#ifndef SCXX_TOOLS_LOAD_SCHED_EXT_STATE_H_
#define SCXX_TOOLS_LOAD_SCHED_EXT_STATE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace scxx::load {

using SchedExtEvents = std::vector<std::pair<std::string, int64_t>>;

struct SchedExtState {
  std::string state = "";   // "enabled", "disabled", ...; empty when the kernel has no sched_ext.
  std::string ops = "";     // Name of the attached scheduler, empty when none.
  int64_t nr_rejected = 0;  // Tasks that were refused the class, since boot.
  int64_t enable_seq = 0;   // How often a scheduler was attached, since boot.
  SchedExtEvents events = {};  // Event counters of the attached scheduler, in the kernel's order.

  bool present() const { return !state.empty(); }
};

// `root` is /sys/kernel/sched_ext, or a copy of it in a test.
SchedExtState ReadSchedExtState(const std::string& root = "/sys/kernel/sched_ext");

// Lines of "NAME COUNT"; others are skipped.
SchedExtEvents ParseSchedExtEvents(absl::string_view text);

// What each counter grew by. Counters start anew with another scheduler: then `after` as it is.
SchedExtEvents EventsBetween(const SchedExtState& before, const SchedExtState& after);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_SCHED_EXT_STATE_H_
