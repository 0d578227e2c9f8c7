// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/open_cpus.h"

#include "framework/policy/fair/cpus/cpu_choice.h"

namespace scxx {

void OpenCpus::Look(const Context& ctx, const DispatchSink& sink) {
  Clear();
  sink_ = &sink;
  for (int i = 0; i < static_cast<int>(ctx.cpus.size()); ++i) {
    const CpuId cpu(i);
    if (!HasRoomOn(ctx, sink, cpu)) continue;
    room_.Add(cpu);
    if (!sink.free(cpu)) continue;
    free_.Add(cpu);
    ++nr_free_;
  }
}

void OpenCpus::Clear() {
  if (sink_ == nullptr) return;
  sink_ = nullptr;
  room_.Clear();
  free_.Clear();
  nr_free_ = 0;
}

void OpenCpus::Update(CpuId cpu) {
  if (!room_.Contains(cpu)) return;
  if (sink_->full(cpu)) room_.Remove(cpu);
  if (!free_.Contains(cpu) || sink_->free(cpu)) return;
  free_.Remove(cpu);
  --nr_free_;
}

}  // namespace scxx
