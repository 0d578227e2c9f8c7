// SPDX-License-Identifier: Apache-2.0
//
// What a whole cycle of the agent costs on a machine of many CPUs, from the events in shared memory
// to the records there, with the kernel's part played by the benchmark and counted as well.
//
//   BENCHMARK_TEMPLATE(BM_Cycle, MyPolicy)->Args({256, 4});   // CPUs, and how many are busy
//
// On each busy CPU a task uses its slice up, so that a cycle has as many events and decisions. The
// other CPUs idle, and the last one runs the agent.

#ifndef SCXX_SCHEDULERS_TESTING_CHANNEL_CYCLE_BENCHMARK_H_
#define SCXX_SCHEDULERS_TESTING_CHANNEL_CYCLE_BENCHMARK_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "bpf/rings.h"
#include "bpf/wire.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/units.h"
#include "framework/channel/channel_backend.h"
#include "framework/channel/testing/native_memory.h"
#include "framework/engine/engine.h"
#include "framework/machine/backend.h"
#include "framework/topology/topology.h"

namespace scxx {

class PlayedMachine final : public ChannelBackend {
 public:
  PlayedMachine(NativeMemory& memory, uint32_t busy)
      : ChannelBackend(
            Topology::Synthetic({.cores_per_llc = static_cast<int>(memory.config().nr_cpus)}),
            memory.shared(), memory.config()),
        memory_(memory),
        cpu_of_(busy) {
    for (uint32_t cpu = busy; cpu < agent_cpu(); ++cpu) memory.SetIdle(cpu);
    for (uint32_t slot = 0; slot < busy; ++slot) {
      memory.slot(slot).flags = SCXX_TASK_ALL_CPUS;
      memory.slot(slot).static_prio = 120;
      RunOn(slot, slot);
    }
  }

  // Every task has used its slice up.
  void EndSlices() {
    ++enqueue_;
    now_ = now_ + Millis(4);
    for (uint32_t slot = 0; slot < cpu_of_.size(); ++slot) {
      const uint32_t cpu = cpu_of_[slot];
      memory_.slot(slot).cpu = static_cast<int32_t>(cpu);
      memory_.slot(slot).sum_exec += 4'000'000;
      memory_.Wait(slot, enqueue_);
      memory_.PushEvent(cpu, {.slot = slot,
                              .enqueue = enqueue_,
                              .time = static_cast<uint64_t>(now_.nanos()),
                              .kind = SCXX_EVENT_SLICE_END});
    }
  }

  // The CPUs that the agent has kicked, and the one it leaves, take what they find.
  void TakeRecords() {
    Take(agent_cpu());
    for (uint32_t i = 0; i < (agent_cpu() + 64) / 64; ++i) {
      scxx_u64& kicks = memory_.agent().kick_idle[i];
      for (; kicks != 0; kicks &= kicks - 1) {
        Take(i * 64 + static_cast<uint32_t>(std::countr_zero(uint64_t{kicks})));
      }
    }
  }

 private:
  Instant Now() override { return now_; }
  CpuId CurrentCpu() override { return CpuId(static_cast<int>(agent_cpu())); }
  bool exited() const override { return false; }
  void Yield() override {}

  uint32_t agent_cpu() const { return memory_.config().nr_cpus - 1; }

  void RunOn(uint32_t slot, uint32_t cpu) {
    memory_.SetBusy(cpu);
    memory_.Run(cpu, slot, static_cast<int32_t>(slot) + 1, static_cast<uint64_t>(now_.nanos()));
    cpu_of_[slot] = cpu;
  }

  void Take(uint32_t cpu) {
    scxx_record record;
    if (memory_.Take(cpu, &record) != RING_TAKEN) return;
    const uint32_t former = cpu_of_[record.slot];
    RunOn(record.slot, cpu);
    if (former != cpu && former != agent_cpu()) memory_.SetIdle(former);
  }

  NativeMemory& memory_;
  std::vector<uint32_t> cpu_of_;  // by slot
  uint32_t enqueue_ = 0;
  Instant now_ = Instant(1'000'000'000);
};

template <typename P>
void BM_Cycle(benchmark::State& state) {
  const auto busy = static_cast<uint32_t>(state.range(1));
  NativeMemory memory(static_cast<uint32_t>(state.range(0)), busy + 1);
  PlayedMachine machine(memory, busy);
  Engine<P> engine(P::Create({}, machine.limits()).value(), machine, {});
  for (auto _ : state) {
    machine.EndSlices();
    engine.RunOnce();
    machine.TakeRecords();
  }
  SCXX_CHECK_EQ(engine.stats().decisions.value(), static_cast<uint64_t>(state.iterations()) * busy,
                "a decision is missing");
}

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_TESTING_CHANNEL_CYCLE_BENCHMARK_H_
