// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/wakeups.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "framework/base/units.h"
#include "tools/load/burn.h"
#include "tools/load/clock.h"
#include "tools/load/shared.h"

namespace scxx::load {
namespace {

// The ways to call a herd: a futex, a condition variable, an event file descriptor. Rounds count
// from 1. Everybody waits for round N before anybody calls round N + 1. Shared by the threads of
// one process, and by its children when made before the fork.
class HerdCall {
 public:
  virtual ~HerdCall() = default;

  virtual void Wait(uint32_t round) = 0;  // Returns once `round` has been called.
  virtual void CallAll(uint32_t round) = 0;
};

class FutexCall : public HerdCall {
 public:
  explicit FutexCall(SharedArray<FutexWord> round) : round_(std::move(round)) {}

  void Wait(uint32_t round) override { WaitUntilAtLeast(round_[0], round); }
  void CallAll(uint32_t round) override {
    round_[0].store(round);
    FutexWake(round_[0]);
  }

 private:
  SharedArray<FutexWord> round_;
};

struct SharedCondition {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  uint32_t round;
};

class CondvarCall : public HerdCall {
 public:
  explicit CondvarCall(SharedArray<SharedCondition> shared) : shared_(std::move(shared)) {
    pthread_mutexattr_t mutex;
    pthread_mutexattr_init(&mutex);
    pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared_[0].mutex, &mutex);
    pthread_mutexattr_destroy(&mutex);
    pthread_condattr_t condition;
    pthread_condattr_init(&condition);
    pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&shared_[0].changed, &condition);
    pthread_condattr_destroy(&condition);
  }

  void Wait(uint32_t round) override {
    SharedCondition& shared = shared_[0];
    pthread_mutex_lock(&shared.mutex);
    while (shared.round < round) pthread_cond_wait(&shared.changed, &shared.mutex);
    pthread_mutex_unlock(&shared.mutex);
  }
  void CallAll(uint32_t round) override {
    SharedCondition& shared = shared_[0];
    pthread_mutex_lock(&shared.mutex);
    shared.round = round;
    pthread_cond_broadcast(&shared.changed);
    pthread_mutex_unlock(&shared.mutex);
  }

 private:
  SharedArray<SharedCondition> shared_;
};

// A semaphore of `waiters` units a round. Two take turns, or a fast waiter would take the unit that
// a slow one of the round before has yet to take.
class EventfdCall : public HerdCall {
 public:
  EventfdCall(int even, int odd, int waiters) : fds_{even, odd}, waiters_(waiters) {}
  ~EventfdCall() override {
    for (const int fd : fds_) close(fd);
  }

  void Wait(uint32_t round) override {
    uint64_t unit = 0;
    while (read(fds_[round % 2], &unit, sizeof(unit)) < 0 && errno == EINTR) {
    }
  }
  void CallAll(uint32_t round) override {
    const uint64_t units = waiters_;
    while (write(fds_[round % 2], &units, sizeof(units)) < 0 && errno == EINTR) {
    }
  }

 private:
  const int fds_[2];
  const int waiters_;
};

template <typename Call, typename Memory>
absl::StatusOr<std::shared_ptr<HerdCall>> MakeShared() {
  auto shared = SharedArray<Memory>::Create(1);
  if (!shared.ok()) return shared.status();
  return std::shared_ptr<HerdCall>(std::make_shared<Call>(*std::move(shared)));
}

absl::StatusOr<std::shared_ptr<HerdCall>> MakeEventfd(int waiters) {
  const int even = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC);
  const int odd = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC);
  if (even >= 0 && odd >= 0) {
    return std::shared_ptr<HerdCall>(std::make_shared<EventfdCall>(even, odd, waiters));
  }
  return absl::ResourceExhaustedError(absl::StrCat("eventfd: ", strerror(errno)));
}

// `kind` is "futex", "condvar" or "eventfd".
absl::StatusOr<std::shared_ptr<HerdCall>> MakeHerdCall(const std::string& kind, int waiters) {
  if (kind == "condvar") return MakeShared<CondvarCall, SharedCondition>();
  if (kind == "eventfd") return MakeEventfd(waiters);
  return MakeShared<FutexCall, FutexWord>();
}

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

namespace {

enum Seat : uint32_t { kWorking, kWaiting, kDone };

// Where one worker and its messenger meet.
struct alignas(64) Desk {
  FutexWord seat;  // A Seat.
  std::atomic<Instant> woken;
};

struct Tree {
  SharedArray<Desk> desks;          // One a worker.
  SharedArray<FutexWord> arrivals;  // One: grows with every change that its messenger should see.
};

void Announce(Tree& tree, Desk& desk, Seat seat) {
  desk.seat.store(seat);
  tree.arrivals[0].fetch_add(1);
  FutexWake(tree.arrivals[0]);
}

void AwaitWakeup(Desk& desk) {
  while (desk.seat.load() == kWaiting) FutexWait(desk.seat, kWaiting);
}

void Work(Task& task, Tree& tree, const WakeupTree::Options& options) {
  Desk& desk = tree.desks[task.index() % options.workers];
  for (int64_t i = 0; i < options.requests && !task.stopping(); ++i) {
    Announce(tree, desk, kWaiting);
    AwaitWakeup(desk);
    task.Due(desk.woken.load());
    task.RecordLatency(task.Progress() - desk.woken.load());
    Burn(options.work);
  }
  Announce(tree, desk, kDone);
}

void Wake(Desk& desk) {
  desk.woken.store(Now());
  desk.seat.store(kWorking);
  FutexWake(desk.seat, 1);
}

// Wakes every waiting worker; returns how many are done for good.
size_t WakeAll(Tree& tree) {
  size_t done = 0;
  for (Desk& desk : tree.desks) {
    const uint32_t seat = desk.seat.load();
    if (seat == kWaiting) Wake(desk);
    if (seat == kDone) ++done;
  }
  return done;
}

void Message(Task& task, Tree& tree) {
  while (true) {
    const uint32_t seen = tree.arrivals[0].load();  // Before the look at the desks: none is missed.
    if (WakeAll(tree) == tree.desks.size()) return;
    task.Progress(0);
    FutexWait(tree.arrivals[0], seen);
  }
}

absl::StatusOr<std::shared_ptr<Tree>> Plant(int workers) {
  auto desks = SharedArray<Desk>::Create(workers);
  if (!desks.ok()) return desks.status();
  auto arrivals = SharedArray<FutexWord>::Create(1);
  if (!arrivals.ok()) return arrivals.status();
  return std::make_shared<Tree>(Tree{*std::move(desks), *std::move(arrivals)});
}

}  // namespace

void WakeupTree::RegisterFlags(FlagSet& flags) {
  flags.Int("messengers", &options_.messengers, {1, 1000}, "message threads");
  flags.Int("workers", &options_.workers, {1, 10'000}, "workers a message thread");
  flags.Int64("requests", &options_.requests, {1}, "requests a worker");
  flags.Int64("work", &options_.work, {0}, "iterations of work a request");
}

absl::Status WakeupTree::Build(Crew& crew) {
  for (int i = 0; i < options_.messengers; ++i) {
    auto tree = Plant(options_.workers);
    if (!tree.ok()) return tree.status();
    std::vector<Crew::Member> threads;
    threads.push_back({"messenger", [tree = *tree](Task& task) { Message(task, *tree); }});
    for (int worker = 0; worker < options_.workers; ++worker) {
      threads.push_back({"worker", [tree = *tree, options = options_](Task& task) {
                           Work(task, *tree, options);
                         }});
    }
    crew.AddProcess(std::move(threads));
  }
  return absl::OkStatus();
}

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
