// SPDX-License-Identifier: Apache-2.0
// The program in the guest: carries out the plan that its arguments are, and writes a transcript,
// which boots/transcript.h reads. See README.md.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "framework/base/duration.h"
#include "framework/base/process/process.h"
#include "tools/load/clock.h"
#include "tools/schedbench/guest/processes.h"
#include "tools/schedbench/plan/plan.h"

ABSL_FLAG(std::string, load, "/bin/load", "the load program");
ABSL_FLAG(absl::Duration, settle, absl::Seconds(4), "wait before the first scheduler");
ABSL_FLAG(absl::Duration, pause, absl::Milliseconds(500), "wait before every run");
ABSL_FLAG(uint64_t, seed, 0, "of the loads; 0: schedbench.seed= of the kernel's command line");

namespace scxx::bench {
namespace {

struct DriverOptions {
  std::string load;       // The load program.
  uint64_t seed = 1;      // Of the loads.
  absl::Duration settle;  // Before the first scheduler: the boot's own work.
  absl::Duration pause;   // Before every run, with its tasks waiting.
};

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

// The load's exit status. Errors: it, or what is to run beside it, does not run.
absl::StatusOr<int> RunToTheEnd(const std::vector<std::string>& load,
                                const std::vector<Companion>& beside) {
  Companions companions;
  if (absl::Status status = companions.Start(beside); !status.ok()) return status;
  absl::StatusOr<Process> process = StartProcess(load, "", kErr);
  if (!process.ok()) return process.status();
  const int code = process->Wait().ShellCode();
  if (absl::Status status = companions.Check(); !status.ok()) return status;
  return code;
}

void DoRun(const Run& run, const std::vector<Companion>& beside, const DriverOptions& options,
           pid_t agent) {
  const absl::StatusOr<int> code = RunToTheEnd(LoadCommand(run, options, agent), beside);
  if (const std::string log = SchedExtLog(); !log.empty()) printf("kernel_log=%s\n", log.c_str());
  if (!code.ok()) return End(1, std::string(code.status().message()));
  End(*code, LastLine(kErr));
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
  if (!end.fallbacks.empty()) printf("fallbacks=%s\n", end.fallbacks.c_str());
  End(end.exit_code, end.last_line);
}

void DriveScheduler(const Scheduler& scheduler, const Plan& plan, const DriverOptions& options) {
  Agent agent(scheduler);
  const bool ours_to_start = !scheduler.command.empty();
  if (ours_to_start) Attach(agent, scheduler.name);
  for (const Run& run : plan.runs) {
    Begin(scheduler.name, run.name);
    const absl::Status attached = agent.Attach();  // Again, where the last run killed it.
    if (attached.ok()) {
      DoRun(run, plan.beside, options, agent.pid());
    } else {
      End(1, std::string(attached.message()));
    }
  }
  if (ours_to_start) Detach(agent, scheduler.name);
}

// One thread, as root. A run that fails, or a scheduler that does not attach, is in the transcript
// and does not end the plan.
void Drive(const Plan& plan, const DriverOptions& options) {
  load::SleepUntil(load::Now() + FromDuration(options.settle));
  for (const Run& run : plan.before) {
    Begin(kNoScheduler, run.name);
    DoRun(run, {}, options, 0);
  }
  for (const Scheduler& scheduler : plan.schedulers) {
    DriveScheduler(scheduler, plan, options);
  }
}

// Every boot has the same image, so the seed comes from outside it.
uint64_t SeedOfBoot() {
  std::ifstream file("/proc/cmdline");
  std::string line;
  std::getline(file, line);
  for (absl::string_view word : absl::StrSplit(line, ' ')) {
    uint64_t seed = 0;
    if (absl::ConsumePrefix(&word, "schedbench.seed=") && absl::SimpleAtoi(word, &seed))
      return seed;
  }
  return 1;
}

int Main(int argc, char** argv) {
  const std::vector<char*> positional = absl::ParseCommandLine(argc, argv);
  const auto plan = DecodePlan({positional.begin() + 1, positional.end()});
  if (!plan.ok()) {
    fprintf(stderr, "schedbench: %s\n", std::string(plan.status().message()).c_str());
    return 2;
  }
  const uint64_t seed = absl::GetFlag(FLAGS_seed);
  Drive(*plan, {.load = absl::GetFlag(FLAGS_load),
                .seed = seed == 0 ? SeedOfBoot() : seed,
                .settle = absl::GetFlag(FLAGS_settle),
                .pause = absl::GetFlag(FLAGS_pause)});
  return 0;
}

}  // namespace
}  // namespace scxx::bench

int main(int argc, char** argv) { return scxx::bench::Main(argc, argv); }
