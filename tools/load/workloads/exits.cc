// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/exits.h"

#include <sched.h>
#include <signal.h>

#include "framework/base/units.h"
#include "tools/load/burn.h"
#include "tools/load/child.h"
#include "tools/load/clock.h"

namespace scxx::load {
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
  const auto victim = ForkChild([=] { Live(life); });
  if (!victim.ok()) return false;
  Burn(task.random().Between(0, work));
  const Instant killed = Now();
  kill(*victim, SIGKILL);
  Reap(*victim);
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
