// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/checks/fair_shares.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bpf/wire.h"
#include "framework/stats/format.h"

namespace scxx::sim {
namespace {

constexpr Nanos kLookEvery = Millis(5);
constexpr Nanos kMarkEvery = Millis(20);
constexpr size_t kMarks = 8;
constexpr uint64_t kCpu = 1024;  // a CPU's time, to be shared

Weight WeightOf(const task_struct& p) {
  return p.policy == kSchedIdle ? Weight::Idle() : Weight::FromNice(p.static_prio - 120);
}

// Scheduled by the policy.
bool IsOrdinary(const task_struct& p) {
  return p.index != 0 && !IsHigher(p) && (p.flags & PF_KTHREAD) == 0;
}

}  // namespace

std::optional<std::string> FairShares::Look(const FairBounds& bounds) {
  if (bounds.turn == Nanos::Zero() || computer_.now() < next_look_) return std::nullopt;
  next_look_ = computer_.now() + kLookEvery;
  const uint64_t scheduled_by_kernel = ScheduledByKernel();
  if (scheduled_by_kernel != std::exchange(scheduled_by_kernel_, scheduled_by_kernel)) Forget();
  for (const Mark& mark : marks_) {
    if (std::optional<std::string> unfair = LookSince(mark, bounds)) return unfair;
  }
  AddMark();
  return std::nullopt;
}

FairShares::Share FairShares::ShareOf(const Population::Task& task) const {
  const task_struct& p = task.kernel;
  return {.got = computer_.core().CpuTime(p),
          .sleeps = p.nvcsw,
          .changes = p.changes,
          .competes = IsOrdinary(p) && p.on_rq && !task.exited &&
                      p.allowed.cpus.size() == computer_.core().nr_cpus()};
}

void FairShares::AddMark() {
  if (computer_.now() < next_mark_ && !marks_.empty()) return;
  next_mark_ = computer_.now() + kMarkEvery;
  // Of the old ones some, so that stretches of all lengths are looked at.
  if (marks_.size() == kMarks) marks_.erase(marks_.begin() + kMarks / 2);
  Mark& mark = marks_.emplace_back(Mark{.at = computer_.now()});
  for (uint32_t i = 0; i < computer_.population().size(); ++i) {
    mark.tasks.push_back(ShareOf(computer_.population().task(i)));
  }
}

void FairShares::FindRivals(const Mark& mark) {
  rivals_.clear();
  for (uint32_t i = 0; i < mark.tasks.size(); ++i) {
    const Share& then = mark.tasks[i];
    if (!then.competes) continue;
    const Share now = ShareOf(computer_.population().task(i));
    if (now.competes && now.sleeps == then.sleeps && now.changes == then.changes) {
      rivals_.push_back(i);
    }
  }
}

// Heaviest first: who can use most of a CPU gets it, and the rest divide what is left.
void FairShares::DropHeavy() {
  const auto load_of = [&](uint32_t i) -> uint64_t {
    return WeightOf(computer_.population().task(i).kernel).load();
  };
  std::sort(rivals_.begin(), rivals_.end(), [&](uint32_t a, uint32_t b) {
    return load_of(a) != load_of(b) ? load_of(a) > load_of(b) : a < b;
  });
  uint64_t load = 0, cpus = computer_.core().online().size() * kCpu;
  for (uint32_t i : rivals_) load += load_of(i);
  size_t heavy = 0;
  for (; heavy < rivals_.size(); ++heavy) {
    const uint64_t share = cpus * load_of(rivals_[heavy]) / load;
    if (share <= kCpu / 2) break;
    cpus -= std::min({share, cpus, kCpu});
    load -= load_of(rivals_[heavy]);
  }
  rivals_.erase(rivals_.begin(), rivals_.begin() + heavy);
}

std::optional<std::string> FairShares::LookSince(const Mark& mark, const FairBounds& bounds) {
  FindRivals(mark);
  DropHeavy();
  if (rivals_.size() < 2) return std::nullopt;
  ++compared_;
  Extreme most{.virtual_time = -Nanos::Max()}, least{.virtual_time = Nanos::Max()};
  for (uint32_t i : rivals_) {
    const task_struct& p = computer_.population().task(i).kernel;
    const Nanos got = ToVirtual(computer_.core().CpuTime(p) - mark.tasks[i].got, WeightOf(p));
    const Nanos turn = ToVirtual(bounds.turn, WeightOf(p));
    if (most.virtual_time < got - turn) most = {.virtual_time = got - turn, .task = i};
    if (got + turn < least.virtual_time) least = {.virtual_time = got + turn, .task = i};
  }
  if (most.virtual_time <= least.virtual_time + bounds.bound * 2) return std::nullopt;
  return Tell(mark, most, least);
}

std::string FairShares::Tell(const Mark& mark, const Extreme& most, const Extreme& least) const {
  const auto got = [&](const Extreme& extreme) {
    const task_struct& p = computer_.population().task(extreme.task).kernel;
    return absl::StrCat("task", p.index, " (nice ", p.static_prio - 120, ") got ",
                        FormatNanos(computer_.core().CpuTime(p) - mark.tasks[p.index].got));
  };
  return absl::StrCat("in ", FormatNanos(computer_.now() - mark.at), ", ", got(most), " and ",
                      got(least));
}

uint64_t FairShares::ScheduledByKernel() const {
  uint64_t sum = 0;
  for (int i = 0; i < computer_.core().nr_cpus(); ++i) {
    const scxx_cpu& cpu = *computer_.dispatcher_state().maps().cpus.Find<scxx_cpu>(i);
    sum += cpu.counters[SCXX_CNT_KERNEL] + cpu.counters[SCXX_CNT_RECLAIMED];
  }
  return sum;
}

}  // namespace scxx::sim
