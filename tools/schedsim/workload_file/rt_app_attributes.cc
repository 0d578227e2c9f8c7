// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/rt_app_attributes.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "framework/sim/core/kernel_types.h"
#include "tools/schedsim/workload_file/rt_app_values.h"

namespace scxx {
namespace {

constexpr absl::string_view kPolicies =
    "SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO, SCHED_RR or SCHED_DEADLINE";

struct Policy {
  absl::string_view name;
  unsigned int policy;
};
constexpr Policy kPolicyOf[] = {
    {"SCHED_OTHER", sim::kSchedNormal}, {"SCHED_BATCH", sim::kSchedBatch},
    {"SCHED_IDLE", sim::kSchedIdle},    {"SCHED_FIFO", sim::kSchedFifo},
    {"SCHED_RR", sim::kSchedRr},        {"SCHED_DEADLINE", sim::kSchedDeadline}};

// What changes nothing on a simulated machine.
constexpr absl::string_view kIgnored[] = {"membind_nodes", "nodes_membind", "numa_membind",
                                          "util_max", "util_min"};
constexpr absl::string_view kKnown[] = {"cpus",       "deadline",   "dl-deadline", "dl-period",
                                        "dl-reclaim", "dl-runtime", "nice",        "period",
                                        "policy",     "priority",   "taskgroup"};

constexpr absl::string_view kTimes[] = {"deadline",   "dl-deadline", "dl-period",
                                        "dl-runtime", "period",      "runtime"};

absl::StatusOr<uint64_t> ReadTaskgroup(const JsonDocument& document, const JsonNode& node,
                                       RtAppTaskgroups* taskgroups) {
  const absl::string_view expected = "a taskgroup's path, like \"/a\"";
  const absl::StatusOr<std::string> path = ReadText(document, node, expected);
  if (!path.ok()) return path.status();
  if (!absl::StartsWith(*path, "/")) return document.Expected(node, expected);
  taskgroups->emplace("/", 1);
  return taskgroups->emplace(*path, taskgroups->size() + 1).first->second;
}

// Of SCHED_DEADLINE, which other policies do without.
absl::StatusOr<sim::Budget> BudgetOf(const JsonDocument& document, const JsonNode& node,
                                     const RtAppAttributes& said) {
  const Nanos runtime = said.dl.runtime.value_or(said.old.runtime.value_or(Nanos::Zero()));
  if (runtime == Nanos::Zero()) {
    return document.Wrong(node, "expected dl-runtime, which SCHED_DEADLINE may use in a dl-period");
  }
  const Nanos period = said.dl.period.value_or(said.old.period.value_or(runtime));
  const Nanos deadline = said.dl.deadline.value_or(said.old.deadline.value_or(period));
  if (runtime > deadline || deadline > period) {
    return document.Wrong(node, "expected dl-runtime <= dl-deadline <= dl-period");
  }
  return sim::Budget{runtime, period};
}

absl::Status ReadBudget(const JsonDocument& document, const JsonNode& node, RtAppAttributes* said) {
  absl::string_view what = node.key;
  RtAppBudget& budget = absl::ConsumePrefix(&what, "dl-") ? said->dl : said->old;
  std::optional<Nanos>& time = what == "runtime"  ? budget.runtime
                               : what == "period" ? budget.period
                                                  : budget.deadline;
  return Assign(ReadMicros(document, node), &time);
}

absl::Status CheckPriority(const JsonDocument& document, const RtAppAttributes& said,
                           unsigned int policy) {
  if (!said.priority || policy == sim::kSchedDeadline) return absl::OkStatus();
  const bool realtime = sim::IsHigherPolicy(policy);
  const int lowest = realtime ? 1 : -20;
  const int highest = realtime ? 99 : 19;
  if (lowest <= *said.priority && *said.priority <= highest) return absl::OkStatus();
  return document.Expected(
      *said.priority_at, absl::StrCat(realtime ? "a real-time priority" : "a nice value", " from ",
                                      lowest, " to ", highest));
}

}  // namespace

bool RtAppAttributes::ChangeClass(unsigned int before) const {
  const bool deadline = policy.value_or(before) == sim::kSchedDeadline;
  return policy || priority || dl.runtime || (deadline && (dl.period || dl.deadline));
}

bool IsRtAppAttribute(absl::string_view key) {
  return IsOneOf(kKnown, key) || IsOneOf(kIgnored, key);
}

absl::StatusOr<unsigned int> ReadRtAppPolicy(const JsonDocument& document, const JsonNode& node) {
  const absl::StatusOr<std::string> name = ReadText(document, node, kPolicies);
  if (!name.ok()) return name.status();
  for (const Policy& one : kPolicyOf) {
    if (one.name == *name) return one.policy;
  }
  return document.Expected(node, kPolicies);
}

absl::Status ReadRtAppAttribute(const JsonDocument& document, const JsonNode& node, int nr_cpus,
                                RtAppTaskgroups* taskgroups, RtAppAttributes* said) {
  const absl::string_view key = node.key;
  if (node.is_null()) return absl::OkStatus();
  if (key == "policy") return Assign(ReadRtAppPolicy(document, node), &said->policy);
  if (key == "priority" || key == "nice") {
    said->priority_at = node;
    return Assign(ReadInteger(document, node, "a priority", -20, 99), &said->priority);
  }
  if (key == "dl-reclaim" && *node.value != false) {
    return document.Expected(node,
                             "false, because nobody gets what others leave of their dl-runtime");
  }
  if (IsOneOf(kTimes, key)) return ReadBudget(document, node, said);
  if (key == "cpus") return Assign(ReadCpus(document, node, nr_cpus), &said->cpus);
  if (key == "taskgroup" && *node.value != "") {
    return Assign(ReadTaskgroup(document, node, taskgroups), &said->cgroup);
  }
  return absl::OkStatus();
}

absl::StatusOr<sim::SchedClass> SchedClassOf(const JsonDocument& document, const JsonNode& node,
                                             const RtAppAttributes& said,
                                             const sim::SchedClass& before) {
  sim::SchedClass now{.policy = said.policy.value_or(before.policy)};
  const absl::Status status = CheckPriority(document, said, now.policy);
  if (!status.ok()) return status;
  if (now.policy == sim::kSchedDeadline) {
    const absl::StatusOr<sim::Budget> budget = BudgetOf(document, node, said);
    if (!budget.ok()) return budget.status();
    now.budget = *budget;
  } else if (!sim::IsHigherPolicy(now.policy)) {
    now.nice = said.priority.value_or(said.policy ? 0 : before.nice);
  }
  return now;
}

}  // namespace scxx
