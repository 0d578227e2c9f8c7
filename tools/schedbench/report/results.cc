// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/results.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace scxx::bench {

const RunResult* Results::Find(size_t boot, const std::string& scheduler,
                               const std::string& run) const {
  for (const RunResult& result : boots[boot]) {
    if (result.scheduler == scheduler && result.run == run) return &result;
  }
  return nullptr;
}

std::string OutcomeOf(const RunResult& run, const Workload& workload) {
  if (run.Text("stalled") == "true") return "stalled";
  if (run.exit_code != 0) return run.error.empty() ? "failed" : run.error;
  if (run.Text("sched_ext.changed") != "true") return "ok";
  return workload.expects_detach && run.Text("sched_ext.after.state") == "disabled" ? "detached"
                                                                                    : "ejected";
}

std::string OutcomeOf(const Results& results, const std::string& scheduler,
                      const Workload& workload) {
  std::map<std::string, int> counts;
  for (size_t boot = 0; boot < results.boots.size(); ++boot) {
    const RunResult* run = results.Find(boot, scheduler, workload.name);
    if (run != nullptr) ++counts[OutcomeOf(*run, workload)];
  }
  if (counts.empty()) return "-";
  if (counts.size() == 1) return counts.begin()->first;
  return absl::StrJoin(counts, ", ", [&](std::string* out, const auto& outcome) {
    absl::StrAppend(out, outcome.second, " of ", results.boots.size(), " ", outcome.first);
  });
}

}  // namespace scxx::bench
