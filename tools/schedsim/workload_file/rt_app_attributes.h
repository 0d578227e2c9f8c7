// SPDX-License-Identifier: Apache-2.0
//
// RtAppAttributes: how a task of rt-app is to be scheduled, as the task or one of its phases says:
// its policy and priority, its CPUs, its taskgroup. Nothing is set that is not said.
//
//   RtAppAttributes said;
//   if (IsRtAppAttribute(node.key)) {
//     absl::Status status = ReadRtAppAttribute(document, node, /*nr_cpus=*/4, &groups, &said);
//   }
//   absl::StatusOr<sim::SchedClass> c = SchedClassOf(document, task, said, {.policy = 0});
//
// A policy that stays may get another priority, so what was before is part of what is.

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_ATTRIBUTES_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_ATTRIBUTES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/sim/load/workload.h"
#include "tools/schedsim/workload_file/json_document.h"

namespace scxx {

// Of SCHED_DEADLINE.
struct RtAppBudget {
  std::optional<Nanos> runtime, deadline, period;
};

struct RtAppAttributes {
  std::optional<unsigned int> policy;  // of sim::SchedClass
  std::optional<int> priority;         // a nice value, or of a real-time policy
  std::optional<JsonNode> priority_at;
  RtAppBudget dl;
  RtAppBudget old;  // as old files call it, without "dl-": what `dl` does not say
  std::optional<CpuSet> cpus;
  std::optional<uint64_t> cgroup;  // the taskgroup's number

  // Of a task whose policy was this before.
  bool ChangeClass(unsigned int before) const;
};

// The numbers of taskgroups, as they come up: 1 is "/".
using RtAppTaskgroups = std::map<std::string, uint64_t>;

// Also true for those that change nothing on a simulated machine.
bool IsRtAppAttribute(absl::string_view key);
absl::Status ReadRtAppAttribute(const JsonDocument& document, const JsonNode& node, int nr_cpus,
                                RtAppTaskgroups* taskgroups, RtAppAttributes* said);

// "SCHED_FIFO" and so on.
absl::StatusOr<unsigned int> ReadRtAppPolicy(const JsonDocument& document, const JsonNode& node);

// What `said` makes of a task that was `before`; `node` is the task or the phase that says it.
absl::StatusOr<sim::SchedClass> SchedClassOf(const JsonDocument& document, const JsonNode& node,
                                             const RtAppAttributes& said,
                                             const sim::SchedClass& before);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_ATTRIBUTES_H_
