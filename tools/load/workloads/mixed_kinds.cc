// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/mixed_kinds.h"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "framework/base/units.h"
#include "tools/load/burn.h"
#include "tools/load/clock.h"
#include "tools/load/futex.h"
#include "tools/load/shared_array.h"

namespace scxx::load {
namespace {

// All tasks arrive, the last one opens: round after round.
class TurnBarrier {
 public:
  // Blocks until all `tasks` have arrived for `turn` (from 1); returns when that was.
  Instant Meet(uint32_t turn, uint32_t tasks) {
    if (arrived_.fetch_add(1) + 1 == turn * tasks) {
      opened_at_.store(Now());
      open_.store(turn);
      FutexWake(open_);
    }
    WaitUntilAtLeast(open_, turn);
    return opened_at_.load();
  }

 private:
  FutexWord arrived_ = 0;
  FutexWord open_ = 0;
  std::atomic<Instant> opened_at_ = Instant();
};

void TakeTurns(Task& task, TurnBarrier& barrier, const MixedKinds::Options& options) {
  for (int64_t turn = 1; turn <= options.turns; ++turn) {
    Burn(task.random().Between(0, options.work));
    const Instant opened = barrier.Meet(turn, task.num_tasks());
    task.Due(opened);
    task.RecordLatency(task.Progress() - opened);
  }
}

}  // namespace

void MixedKinds::RegisterFlags(FlagSet& flags) {
  flags.Int("processes", &options_.processes, {0, 1000}, "processes of one thread");
  flags.Int("threaded_processes", &options_.threaded_processes, {0, 100}, "processes of several");
  flags.Int("threads", &options_.threads, {1, 100}, "threads of each of those");
  flags.Int64("turns", &options_.turns, {1, 100'000}, "turns a task");
  flags.Int64("work", &options_.work, {0}, "iterations of work a turn, at most");
}

absl::Status MixedKinds::Build(Crew& crew) {
  auto barrier = SharedArray<TurnBarrier>::Create(1);
  if (!barrier.ok()) return barrier.status();
  const auto shared = std::make_shared<SharedArray<TurnBarrier>>(*std::move(barrier));
  const auto body = [shared, options = options_](Task& task) {
    TakeTurns(task, (*shared)[0], options);
  };
  for (int i = 0; i < options_.processes; ++i) crew.Add("process", body);
  for (int i = 0; i < options_.threaded_processes; ++i) {
    crew.AddProcess(std::vector<Crew::Member>(options_.threads, Crew::Member{"thread", body}));
  }
  return absl::OkStatus();
}

}  // namespace scxx::load
