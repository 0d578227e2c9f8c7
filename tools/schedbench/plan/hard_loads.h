// SPDX-License-Identifier: Apache-2.0
//
// Loads that get schedulers ejected, or make tasks wait for seconds: the rows of the table that
// `schedbench --reliability` prints. In each a probe runs beside the load, which is a task that
// wants little every few milliseconds and may run anywhere, and one more on each CPU that may run
// only there.
//
//   absl::StatusOr<std::vector<HardLoad>> loads = ChooseHardLoads("rt_hog,crowd_300");
//   Run probe = ProbeOf(loads->front());
#ifndef SCXX_TOOLS_SCHEDBENCH_PLAN_HARD_LOADS_H_
#define SCXX_TOOLS_SCHEDBENCH_PLAN_HARD_LOADS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/schedbench/plan/mode.h"
#include "tools/schedbench/plan/plan.h"

namespace scxx::bench {

struct HardLoad {
  std::string name;
  std::string what;                     // A sentence for people.
  std::vector<Companion> beside = {};   // What runs beside the probe.
  std::vector<std::string> probe = {};  // More arguments of the probe.
  std::string program = "";             // One of the host's that it needs; "": none.
  bool kills_agent = false;             // So that to be detached is the good end.
  std::string share_of = "";            // A class of the probe's tasks whose share is of interest.
  // The machine. Two CPUs in turns are for what executes PAUSE or sleeps now and then: else one can
  // keep its turn for seconds, and the other stands still, under the kernel's own scheduler too.
  Mode mode = Mode::kExact2;
};

const std::vector<HardLoad>& HardLoads();

// Of names, or "all", separated by commas, each once and in the order of HardLoads().
// InvalidArgument names one that is unknown, and lists the known.
absl::StatusOr<std::vector<HardLoad>> ChooseHardLoads(const std::string& names);

Run ProbeOf(const HardLoad& load);

// Keys of what the probe reports: the longest time between two runs of a task, of those that may
// run anywhere and of those that are pinned.
inline constexpr char kFreeGap[] = "class.periodic.max_gap_ns";
inline constexpr char kPinnedGap[] = "class.pinned.max_gap_ns";

// "name  what it is" lines, for people.
std::string DescribeHardLoads();

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_PLAN_HARD_LOADS_H_
