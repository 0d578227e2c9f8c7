// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/fork_storm.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tools/load/burn.h"
#include "tools/load/child.h"
#include "tools/load/clock.h"

namespace scxx::load {
namespace {

[[noreturn]] void Become(const std::string& program) {
  const char* const arguments[] = {program.c_str(), "exit", nullptr};
  execv(program.c_str(), const_cast<char* const*>(arguments));
  _exit(127);
}

}  // namespace

bool ForkOnce(const std::string& program, int64_t work) {
  const auto child = ForkChild([&] {
    Burn(work);
    if (!program.empty()) Become(program);
  });
  if (!child.ok()) return false;
  const int status = Reap(*child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void ForkStorm::RegisterFlags(FlagSet& flags) {
  flags.Int("workers", &options_.workers, {1, 10'000}, "processes that fork");
  flags.Int64("forks", &options_.forks, {1}, "forks a worker");
  flags.Int64("work", &options_.work, {0}, "iterations of work of each child");
  flags.String("exec", &options_.exec, "program the child becomes (/proc/self/exe is this one)");
}

absl::Status ForkStorm::Build(Crew& crew) {
  if (!options_.exec.empty() && access(options_.exec.c_str(), X_OK) != 0) {
    return absl::InvalidArgumentError("--exec=" + options_.exec + ": not an executable file");
  }
  const Options options = options_;
  for (int i = 0; i < options.workers; ++i) {
    crew.Add("forker", [=](Task& task) {
      for (int64_t done = 0; done < options.forks && !task.stopping(); ++done) {
        const Instant start = Now();
        if (!ForkOnce(options.exec, options.work)) return;  // Shows as missing operations.
        task.RecordLatency(task.Progress() - start);
      }
    });
  }
  return absl::OkStatus();
}

}  // namespace scxx::load
