// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/cpu_choice.h"

#include <algorithm>

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

CpuId ChooseCpu(const Context& ctx, const DispatchSink& sink, const CpuSet& allowed, CpuId home) {
  CpuId best = CpuId::None();
  if (allowed.Contains(home) && HasRoomOn(ctx, sink, home)) best = home;
  for (CpuId cpu : allowed) {
    if (best.IsCpu() && IsIdle(ctx, best)) break;
    if (!HasRoomOn(ctx, sink, cpu)) continue;
    if (!best.IsCpu() || IsIdle(ctx, cpu)) best = cpu;
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
