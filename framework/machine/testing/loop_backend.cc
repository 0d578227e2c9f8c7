// SPDX-License-Identifier: Apache-2.0

#include "framework/machine/testing/loop_backend.h"

#include <algorithm>

#include "framework/base/cpu.h"

namespace scxx {

LoopBackend::LoopBackend(PolicyLimits limits)
    : limits_(limits),
      topology_(Topology::Synthetic({.cores_per_llc = limits.max_cpus})),
      cpus_(limits.max_cpus),
      rooms_(limits.max_cpus, Room{.space = UINT32_MAX, .free_cpus = UINT32_MAX}) {
  returning_.reserve(limits.max_tasks);
  for (uint32_t slot = limits.max_tasks; slot-- > 0;) {
    returning_.push_back({.task = {.slot = slot, .generation = 1}});
  }
  cycle_.cpus = cpus_;
  cycle_.rooms = rooms_;
  cycle_.any = rooms_[0];
}

BackendEvent LoopBackend::EventOf(const Returning& returning) {
  return {.enqueue = returning.enqueue + 1,
          .runnable = {
              .task = returning.task,
              .reason = returning.enqueue == 0 ? RunnableReason::kNew : RunnableReason::kSliceEnd,
              .prev_cpu = CpuId(0),
              .ran = returning.ran,
              .ran_since_sleep = returning.ran,
              .enqueued_at = now_}};
}

const Cycle& LoopBackend::Poll(absl::Span<BackendEvent> events) {
  size_t n = std::min(events.size(), returning_.size());
  for (size_t i = 0; i < n; ++i) {
    now_ += Micros(1);
    events[i] = EventOf(returning_.back());
    returning_.pop_back();
  }
  cycle_.nr_events = n;
  cycle_.now = now_;
  return cycle_;
}

void LoopBackend::Dispatch(absl::Span<const BackendDispatch> dispatches,
                           absl::Span<DispatchOutcome> outcomes) {
  for (const BackendDispatch& d : dispatches) {
    returning_.push_back({.task = d.decision.task, .enqueue = d.enqueue, .ran = d.decision.slice});
  }
  std::fill(outcomes.begin(), outcomes.end(), DispatchOutcome::kAccepted);
}

void LoopBackend::IsHeld(absl::Span<const HeldTask>, absl::Span<bool> held) {
  std::fill(held.begin(), held.end(), true);
}

}  // namespace scxx
