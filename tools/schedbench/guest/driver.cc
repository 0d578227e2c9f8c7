// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/guest/driver.h"

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "framework/base/duration.h"
#include "tools/load/clock.h"
#include "tools/schedbench/guest/agent.h"
#include "tools/schedbench/guest/process.h"

namespace scxx::bench {
namespace {

constexpr char kErr[] = "/tmp/schedbench_load.err";

void Begin(const std::string& scheduler, const std::string& run) {
  printf("@run %s %s\n", scheduler.c_str(), run.c_str());
  fflush(stdout);
}

void End(int code, const std::string& error) {
  printf("@end %d %s\n", code, error.c_str());
  fflush(stdout);
}

std::vector<std::string> LoadCommand(const Run& run, const DriverOptions& options, pid_t agent) {
  std::vector<std::string> command = {options.load};
  for (const std::string& argument : run.load) {
    if (agent == 0 && absl::StartsWith(argument, "--fault")) continue;
    command.push_back(absl::StrReplaceAll(argument, {{kAgent, absl::StrCat(agent)}}));
  }
  command.push_back(absl::StrCat("--seed=", options.seed));
  command.push_back(absl::StrCat("--settle=", absl::FormatDuration(options.pause)));
  command.push_back("--format=full");
  return command;
}

void DoRun(const Run& run, const DriverOptions& options, pid_t agent) {
  const int code = WaitFor(StartProcess(LoadCommand(run, options, agent), "", kErr));
  End(code, LastLine(kErr));
}

void Attach(Agent& agent, const std::string& scheduler) {
  Begin(scheduler, "attach");
  const absl::Status attached = agent.Attach();
  printf("attach_ns=%lld\n", static_cast<long long>(agent.time_to_attach().count()));
  End(attached.ok() ? 0 : 1, std::string(attached.message()));
}

void Detach(Agent& agent, const std::string& scheduler) {
  Begin(scheduler, "detach");
  const AgentEnd end = agent.Detach();
  End(end.exit_code, end.last_line);
}

void DriveScheduler(const Scheduler& scheduler, const std::vector<Run>& runs,
                    const DriverOptions& options) {
  Agent agent(scheduler);
  const bool ours_to_start = !scheduler.command.empty();
  if (ours_to_start) Attach(agent, scheduler.name);
  for (const Run& run : runs) {
    Begin(scheduler.name, run.name);
    const absl::Status attached = agent.Attach();  // Again, where the last run killed it.
    if (attached.ok()) {
      DoRun(run, options, agent.pid());
    } else {
      End(1, std::string(attached.message()));
    }
  }
  if (ours_to_start) Detach(agent, scheduler.name);
}

}  // namespace

void Drive(const Plan& plan, const DriverOptions& options) {
  load::SleepUntil(load::Now() + FromDuration(options.settle));
  for (const Run& run : plan.before) {
    Begin(kNoScheduler, run.name);
    DoRun(run, options, 0);
  }
  for (const Scheduler& scheduler : plan.schedulers) {
    DriveScheduler(scheduler, plan.runs, options);
  }
}

}  // namespace scxx::bench
