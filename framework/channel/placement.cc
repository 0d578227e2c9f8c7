// SPDX-License-Identifier: Apache-2.0
#include "framework/channel/placement.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "framework/base/units.h"
#include "framework/policy/policy.h"

namespace scxx {
namespace {

// Worth a decision of its own: some ten times what that costs.
constexpr Nanos kLongRun = Micros(200);

// Slices and leads of more than some seconds make no difference.
template <typename T>
T Clamped(Nanos time) {
  return static_cast<T>(std::clamp<int64_t>(time.count(), std::numeric_limits<T>::min(),
                                            std::numeric_limits<T>::max()));
}

}  // namespace

scxx_record RecordOf(const BackendDispatch& dispatch) {
  const Dispatch& decision = dispatch.decision;
  return {.slot = decision.task.slot,
          .enq_cnt = dispatch.enqueue,
          .slice = Clamped<uint32_t>(decision.slice),
          .pace = decision.pace,
          .vtime = decision.order.raw(),
          .flags = dispatch.expected_run > kLongRun ? uint32_t{SCXX_RECORD_LONG} : 0,
          .lead = Clamped<int32_t>(decision.lead)};
}

Placement::Result Placement::Place(const BackendDispatch& dispatch, uint32_t* ring) {
  scxx_record record = RecordOf(dispatch);
  const bool preempt = dispatch.decision.preempt;
  CpuId cpu = dispatch.decision.cpu;
  const scxx_task& task = channel_.slot(record.slot);
  const bool anywhere = (task.flags & SCXX_TASK_ALL_CPUS) && !(task.flags & SCXX_TASK_NO_MIGRATE);
  if (cpu.IsCpu()) {
    if (!online_.Contains(cpu)) return Result::kOffline;
    if (!channel_.Allowed(record.slot, cpu)) return Result::kNotAllowed;
    if (cpu == reserved_) cpu = CpuId::Any();
  }
  if (cpu.IsCpu()) {
    if (dispatch.decision.movable && anywhere && !preempt) return PlaceNear(record, cpu, ring);
    record.flags |= SCXX_RECORD_PINNED;
    return PlaceOn(record, cpu, preempt, ring);
  }
  if (!anywhere) {
    record.flags |= SCXX_RECORD_PINNED;
    return PlaceOn(record, ChooseAmong(record.slot, task), preempt, ring);
  }
  CpuId chosen = ChooseAnywhere(task);
  // No CPU is free: interrupt its own.
  if (preempt && !chosen.IsCpu() && CpuId(task.cpu) != reserved_) chosen = CpuId(task.cpu);
  if (chosen.IsCpu()) return PlaceOn(record, chosen, preempt, ring);
  return PlaceInCommonRing(record, ring);
}

CpuId Placement::ChooseAnywhere(const scxx_task& task) const {
  if (channel_.Waiting(channel_.any_ring()) != 0) return CpuId::None();
  return ChooseFree(nullptr, CpuId(task.cpu));
}

// The agent's or the one that the task last ran on, if that is free.
CpuId Placement::FreeNear(const CpuSet* allowed, CpuId last) const {
  const auto empty = [&](CpuId cpu) {
    return (allowed == nullptr || allowed->Contains(cpu)) && channel_.Waiting(cpu.value()) == 0;
  };
  if (agent_cpu_.IsCpu() && empty(agent_cpu_)) return agent_cpu_;
  const bool free = allowed == nullptr ? channel_.IsFree(last) : channel_.IsIdle(last);
  return empty(last) && free ? last : CpuId::None();
}

CpuId Placement::ChooseFree(const CpuSet* allowed, CpuId last) const {
  const CpuId near = FreeNear(allowed, last);
  const auto alone = [&](CpuId cpu) { return channel_.IsAloneOnCore(cpu, agent_cpu_); };
  if (near.IsCpu() && alone(near)) return near;
  const CpuId free = channel_.FindFree(allowed, agent_cpu_);
  return near.IsCpu() && !(free.IsCpu() && alone(free)) ? near : free;
}

// Without the reserved CPU and those that a higher class keeps, if there is another one.
CpuSet Placement::Usable(uint32_t slot) const {
  const CpuSet allowed = channel_.Affinity(slot) & online_;
  CpuSet others = allowed;
  if (reserved_.IsCpu()) others.Remove(reserved_);
  for (const CpuId cpu : allowed) {
    if (channel_.IsTaken(cpu)) others.Remove(cpu);
  }
  return others.empty() ? allowed : others;
}

CpuId Placement::ChooseAmong(uint32_t slot, const scxx_task& task) const {
  const CpuId last(task.cpu);
  if (task.flags & SCXX_TASK_NO_MIGRATE) return last;
  const CpuSet allowed = Usable(slot);
  const CpuId free = ChooseFree(&allowed, last);
  return free.IsCpu() ? free : ShortestRing(allowed);
}

CpuId Placement::ShortestRing(const CpuSet& allowed) const {
  CpuId best = allowed.First();
  for (CpuId cpu : allowed) {
    if (cpu.value() >= static_cast<int>(channel_.online_end())) break;
    if (channel_.Waiting(cpu.value()) < channel_.Waiting(best.value())) best = cpu;
  }
  return best.IsCpu() ? best
                      : CpuId(0);  // an empty set is a task being changed: BPF will bounce it
}

Placement::Result Placement::PlaceOn(const scxx_record& record, CpuId cpu, bool preempt,
                                     uint32_t* ring) {
  *ring = cpu.value();
  if (!channel_.Place(record, *ring)) return Result::kFull;
  // The agent may have been moved since the cycle began, and that CPU idle by now.
  if (cpu != agent_cpu_ || channel_.IsIdle(cpu)) Wake(cpu, preempt);
  return Result::kPlaced;
}

// Publish, then look: if the CPU went idle just before, or another one does, it must hear of it.
Placement::Result Placement::PlaceNear(const scxx_record& record, CpuId cpu, uint32_t* ring) {
  const Result result = PlaceOn(record, cpu, false, ring);
  if (result != Result::kPlaced || cpu == agent_cpu_ || channel_.IsIdle(cpu)) return result;
  const CpuId idle = channel_.FindFree(nullptr, agent_cpu_);
  if (idle.IsCpu()) channel_.KickIdle(idle);
  return result;
}

Placement::Result Placement::PlaceInCommonRing(const scxx_record& record, uint32_t* ring) {
  *ring = channel_.any_ring();
  if (!channel_.Place(record, *ring)) return Result::kFull;
  const CpuId idle = channel_.FindFree(nullptr, agent_cpu_);
  if (idle.IsCpu()) channel_.KickIdle(idle);
  return Result::kPlaced;
}

void Placement::Wake(CpuId cpu, bool preempt) {
  if (channel_.IsIdle(cpu)) {
    channel_.KickIdle(cpu);
  } else if (preempt) {
    channel_.Preempt(cpu);
  }
}

}  // namespace scxx
