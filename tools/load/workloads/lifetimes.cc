// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/lifetimes.h"

#include <sched.h>
#include <unistd.h>

#include "framework/base/process/process.h"
#include "framework/base/units.h"
#include "tools/load/burn.h"
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
  auto child = Process::Fork([&] {
    Burn(work);
    if (!program.empty()) Become(program);
  });
  if (!child.ok()) return false;
  return child->Wait().ok();
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

namespace {

constexpr int kLives = 3;

// Never returns: the victim's end is to be killed.
[[noreturn]] void Live(uint64_t life) {
  while (true) {
    if (life == 0) Burn(10);
    if (life == 1) sched_yield();
    if (life == 2) SleepUntil(Now() + Micros(200));
    Pause();
  }
}

// False when there was no victim to be had.
bool KillOne(Task& task, int64_t work) {
  const uint64_t life = task.random().Below(kLives);
  auto victim = Process::Fork([=] { Live(life); });
  if (!victim.ok()) return false;
  Burn(task.random().Between(0, work));
  const Instant killed = Now();
  victim->Kill();
  task.RecordLatency(task.Progress() - killed);
  return true;
}

}  // namespace

void Exits::RegisterFlags(FlagSet& flags) {
  flags.Int("killers", &options_.killers, {1, 10'000}, "processes that fork and kill");
  flags.Int64("kills", &options_.kills, {1}, "kills a killer");
  flags.Int64("work", &options_.work, {0}, "iterations between fork and kill, at most");
}

absl::Status Exits::Build(Crew& crew) {
  for (int i = 0; i < options_.killers; ++i) {
    crew.Add("killer", [options = options_](Task& task) {
      for (int64_t done = 0; done < options.kills && !task.stopping(); ++done) {
        if (!KillOne(task, options.work)) return;  // Shows as missing operations.
      }
    });
  }
  return absl::OkStatus();
}

}  // namespace scxx::load
