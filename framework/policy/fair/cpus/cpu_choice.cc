// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/cpu_choice.h"

#include <algorithm>

#include "framework/topology/topology.h"

namespace scxx {
namespace {

bool IsIdle(const Context& ctx, CpuId cpu) {
  return ctx.cpus[cpu.value()].state == CpuView::State::kIdle;
}

}  // namespace

// An affinity can name CPUs that do not exist, or are offline.
bool HasRoomOn(const Context& ctx, const DispatchSink& sink, CpuId cpu) {
  const auto index = static_cast<size_t>(cpu.value());
  return index < ctx.cpus.size() && ctx.cpus[index].state != CpuView::State::kOffline &&
         !sink.full(cpu);
}

namespace {

// Nothing runs on the other CPUs of its core, or is sent there.
bool IsAloneOnCore(const Context& ctx, const DispatchSink& sink, CpuId cpu) {
  if (ctx.topology == nullptr) return true;
  const CpuSet& core = ctx.topology->cores().Of(cpu);
  return std::all_of(core.begin(), core.end(),
                     [&](CpuId other) { return other == cpu || sink.free(other); });
}

enum Rank { kNoRoom, kBusy, kIdleBesideBusy, kIdle };

Rank RankOf(const Context& ctx, const DispatchSink& sink, CpuId cpu) {
  if (!HasRoomOn(ctx, sink, cpu)) return kNoRoom;
  if (!IsIdle(ctx, cpu)) return kBusy;
  return IsAloneOnCore(ctx, sink, cpu) ? kIdle : kIdleBesideBusy;
}

}  // namespace

CpuId ChooseCpu(const Context& ctx, const DispatchSink& sink, const CpuSet& allowed, CpuId home) {
  CpuId best = CpuId::None();
  Rank best_rank = kNoRoom;
  const auto look = [&](CpuId cpu) {
    const Rank rank = RankOf(ctx, sink, cpu);
    if (rank <= best_rank) return;
    best = cpu;
    best_rank = rank;
  };
  if (allowed.Contains(home)) look(home);
  for (CpuId cpu : allowed) {
    if (best_rank == kIdle) break;
    look(cpu);
  }
  return best;
}

int64_t RunnablePerCpu(const Context& ctx, size_t waiting) {
  auto runnable = static_cast<int64_t>(waiting);
  int64_t online = 0;
  for (const CpuView& cpu : ctx.cpus) {
    online += cpu.state != CpuView::State::kOffline;
    runnable += cpu.state == CpuView::State::kRunning;
  }
  online = std::max<int64_t>(online, 1);
  return (runnable + online - 1) / online;
}

}  // namespace scxx
