// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/wakeup_tree.h"

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

}  // namespace scxx::load
