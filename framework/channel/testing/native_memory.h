// SPDX-License-Identifier: Apache-2.0
//
// NativeMemory: the shared memory of bpf/wire.h without a kernel, for tests of the agent's side.
// The test plays BPF: it writes events, custody words and heads.
//
//   NativeMemory memory(/*nr_cpus=*/2);
//   Channel channel(memory.shared(), memory.config());
//   memory.Wait(/*slot=*/3);                            // a waiting period begins
//   memory.PushEvent(/*cpu=*/0, {.slot = 3, .time = 100});

#ifndef SCXX_FRAMEWORK_CHANNEL_TESTING_NATIVE_MEMORY_H_
#define SCXX_FRAMEWORK_CHANNEL_TESTING_NATIVE_MEMORY_H_

#include <cstdint>

#include "bpf/changes.h"
#include "bpf/custody.h"
#include "bpf/native/native_maps.h"
#include "bpf/rings.h"
#include "bpf/wire.h"
#include "framework/base/cpu_set.h"
#include "framework/channel/default_config.h"
#include "framework/channel/shared_memory.h"

namespace scxx {

class NativeMemory {
 public:
  struct Event {
    uint32_t slot = 0;
    uint32_t enqueue = 1;
    uint64_t time = 0;
    scxx_event_kind kind = SCXX_EVENT_WAKEUP;
  };

  explicit NativeMemory(uint32_t nr_cpus, uint32_t max_tasks = 16)
      : config_(Config(nr_cpus, max_tasks)), maps_(config_), shared_(Over(maps_)) {}

  const scxx_config& config() const { return config_; }
  SharedMemory& shared() { return shared_; }
  scxx_agent& agent() { return *maps_.agent.Find<scxx_agent>(0); }
  scxx_global& global() { return *maps_.global.Find<scxx_global>(0); }
  scxx_cpu& cpu(uint32_t cpu) { return *maps_.cpus.Find<scxx_cpu>(cpu); }
  scxx_task& slot(uint32_t slot) { return *maps_.tasks.Find<scxx_task>(slot); }
  scxx_dispatch_ring& ring(uint32_t ring) { return *maps_.dispatch.Find<scxx_dispatch_ring>(ring); }

  // As ops.enqueue does it: the waiting period `enqueue` of the slot's first task begins.
  void Wait(uint32_t slot, uint32_t enqueue = 1) {
    __atomic_store_n(&this->slot(slot).custody, custody_make(1, enqueue, SCXX_CUSTODY_USER),
                     __ATOMIC_RELEASE);
  }
  bool PushEvent(uint32_t cpu, const Event& event) {
    if (!PushUnsaid(cpu, event)) return false;
    note_change_after_barrier(&agent(), cpu);
    return true;
  }
  // ... without a word about it to the agent.
  bool PushUnsaid(uint32_t cpu, const Event& event) {
    return event_push(&this->cpu(cpu).event_tail, &agent().event_head[cpu],
                      maps_.events.Find<scxx_event>(cpu), config_.event_mask,
                      scxx_slot_kind(event.slot, event.kind), event.enqueue, event.time);
  }
  void PushGone(uint32_t slot, uint32_t generation) {
    gone_push(maps_.gone.Find<scxx_gone_ring>(0), agent().gone_head, slot, generation);
  }
  // As ops.dispatch: takes a record of ring `ring`.
  int Take(uint32_t ring, scxx_record* out) {
    const int result =
        ring_claim(&cpu(ring).dispatch_head, &this->ring(ring), /*unpinned_only=*/false, out);
    if (ring < config_.nr_cpus) note_change(&agent(), ring);
    return result;
  }
  // As ops.dispatch: the CPU runs this task, which a record or nobody has given it.
  void Run(uint32_t cpu, uint32_t slot, int32_t pid, uint64_t since = 0) {
    scxx_cpu& state = this->cpu(cpu);
    state.owner_slot = slot;
    state.owner_pid = pid;
    state.owner_since = since;
    note_change(&agent(), cpu);
  }
  void SetIdle(uint32_t cpu) { global().idle_mask[cpu / 64] |= scxx_u64{1} << (cpu % 64); }
  void SetBusy(uint32_t cpu) { global().idle_mask[cpu / 64] &= ~(scxx_u64{1} << (cpu % 64)); }
  // Its CPUs, 64 to a word.
  scxx_u64* affinity(uint32_t slot) { return maps_.affinity.Find<scxx_u64>(slot); }
  void SetAffinity(uint32_t slot, uint64_t cpus) {
    *affinity(slot) = cpus;
    const uint64_t all = (uint64_t{1} << config_.nr_cpus) - 1;
    this->slot(slot).flags = cpus == all ? SCXX_TASK_ALL_CPUS : 0;
  }

 private:
  static scxx_config Config(uint32_t nr_cpus, uint32_t max_tasks) {
    scxx_config config = {};
    config.nr_cpus = nr_cpus;
    config.max_tasks = max_tasks;
    config.event_mask = 63;
    SetOnline(CpuSet::FirstN(static_cast<int>(nr_cpus)), &config);
    return config;
  }
  static MapView Over(const NativeMap& map) {
    return MapView(map.data(), map.entries(), map.stride());
  }
  static SharedMemory Over(const NativeMaps& maps) {
    return {.tasks = Over(maps.tasks),
            .affinity = Over(maps.affinity),
            .events = Over(maps.events),
            .gone = Over(maps.gone),
            .dispatch = Over(maps.dispatch),
            .cpus = Over(maps.cpus),
            .agent = Over(maps.agent),
            .global = Over(maps.global)};
  }

  const scxx_config config_;
  const NativeMaps maps_;
  SharedMemory shared_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_CHANNEL_TESTING_NATIVE_MEMORY_H_
