// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/herd.h"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "framework/base/units.h"
#include "tools/load/clock.h"
#include "tools/load/futex.h"
#include "tools/load/shared_array.h"
#include "tools/load/workloads/herd_call.h"

namespace scxx::load {
namespace {

struct Meadow {
  FutexWord arrivals;  // Of all rounds together.
  std::atomic<Instant> called;
};

struct Shared {
  std::shared_ptr<HerdCall> call;
  SharedArray<Meadow> meadow;
};

void AwaitCalls(Task& task, Shared& shared, const Herd::Options& options) {
  Meadow& meadow = shared.meadow[0];
  for (int64_t round = 1; round <= options.rounds; ++round) {
    // The last to arrive wakes the caller: one wakeup a round, not one a waiter.
    if (meadow.arrivals.fetch_add(1) + 1 == round * options.waiters) FutexWake(meadow.arrivals);
    shared.call->Wait(round);
    const Instant called = meadow.called.load();
    task.Due(called);
    task.RecordLatency(task.Progress() - called);
  }
}

void CallTheHerd(Task& task, Shared& shared, const Herd::Options& options) {
  Meadow& meadow = shared.meadow[0];
  for (int64_t round = 1; round <= options.rounds; ++round) {
    WaitUntilAtLeast(meadow.arrivals, round * options.waiters);
    meadow.called.store(task.Progress(0));
    shared.call->CallAll(round);
  }
}

}  // namespace

void Herd::RegisterFlags(FlagSet& flags) {
  flags.Int("waiters", &options_.waiters, {1, 20'000}, "threads that wait");
  flags.Int64("rounds", &options_.rounds, {1, 100'000}, "how often all are woken");
  flags.Choice("kind", &options_.kind, {"futex", "condvar", "eventfd"}, "what they wait on");
}

absl::Status Herd::Build(Crew& crew) {
  auto call = MakeHerdCall(options_.kind, options_.waiters);
  if (!call.ok()) return call.status();
  auto meadow = SharedArray<Meadow>::Create(1);
  if (!meadow.ok()) return meadow.status();
  const auto shared = std::make_shared<Shared>(Shared{*std::move(call), *std::move(meadow)});

  const auto wait = [shared, options = options_](Task& task) {
    AwaitCalls(task, *shared, options);
  };
  std::vector<Crew::Member> waiters(options_.waiters, Crew::Member{"waiter", wait});
  crew.AddProcess(std::move(waiters));
  crew.Add(
      "caller", [shared, options = options_](Task& task) { CallTheHerd(task, *shared, options); },
      Crew::Role::kBackground);
  return absl::OkStatus();
}

}  // namespace scxx::load
