/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// dispatcher_test_base.h: a fixture with the dispatcher on a TestKernel, and an agent. After every
// callback it checks that the counters balance and that a kernel would have had nothing to object
// to.
#ifndef SCXX_BPF_TESTING_DISPATCHER_TEST_BASE_H_
#define SCXX_BPF_TESTING_DISPATCHER_TEST_BASE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "gtest/gtest.h"

#include "bpf/testing/test_kernel.h"
#include "framework/sim/core/port_sim.h"

#include "framework/sim/core/native_dispatcher.h"

namespace scxx {

class DispatcherTest : public testing::Test {
 protected:
  static constexpr int kAgentPid = TestKernel::kAgentPid;
  static constexpr uint64_t kMs = 1'000'000;

  explicit DispatcherTest(const scxx_config& config = TestConfig()) { Start(config); }

  // (Re)starts with another kernel.
  void Start(const scxx_config& config) {
    kernel = std::make_unique<TestKernel>(config, sim::MakeNativeDispatcher);
    kernel->SetObserver([this] { CheckBalance(); });
    agent = &kernel->Spawn({.pid = kAgentPid});
  }

  // Every waiting period has ended once or lasts.
  void CheckBalance() {
    ++steps;
    const uint64_t ended = kernel->Count(SCXX_CNT_DISPATCHED) + kernel->Count(SCXX_CNT_CANCELLED) +
                           kernel->Count(SCXX_CNT_RECLAIMED) + kernel->Count(SCXX_CNT_GONE);
    ASSERT_EQ(kernel->Count(SCXX_CNT_QUEUED), ended + kernel->TasksInCustody())
        << "after " << steps << " callbacks";
    ASSERT_EQ(kernel->errors(), std::vector<std::string>());
  }

  // The agent has started, looked once, and waits in its DSQ; every CPU is idle.
  void ParkAgent() {
    kernel->Wake(*agent, 0);
    ASSERT_TRUE(kernel->Settle());
    AgentYields();
    ASSERT_TRUE(kernel->global().parked);
  }

  // The CPU that the agent is on, or -1.
  int AgentCpu() const {
    for (uint32_t cpu = 0; cpu < kernel->config().nr_cpus; ++cpu) {
      if (kernel->curr(static_cast<int>(cpu)) == agent) return static_cast<int>(cpu);
    }
    return -1;
  }

  // The agent looks (and decides nothing), then yields.
  void AgentYields() {
    ASSERT_GE(AgentCpu(), 0) << "the agent does not run";
    kernel->agent().pending = 0;
    kernel->Yield(AgentCpu());
    ASSERT_TRUE(kernel->Settle());
  }

  // All that the agent has not consumed, CPU by CPU; consumes it.
  std::vector<scxx_event> TakeEvents() {
    std::vector<scxx_event> events;
    for (uint32_t cpu = 0; cpu < kernel->config().nr_cpus; ++cpu) {
      scxx_u64& head = kernel->agent().event_head[cpu];
      const scxx_event* ring = kernel->maps().events.Find<scxx_event>(cpu);
      for (; head != kernel->cpu(cpu).event_tail; ++head) {
        events.push_back(ring[head & kernel->config().event_mask]);
      }
    }
    return events;
  }

  // The agent's decision to run a task that waits, placed in a ring.
  void Place(uint32_t ring, const scxx_record& record) {
    scxx_dispatch_ring& target = kernel->ring(ring);
    target.records[target.tail & (SCXX_DISPATCH_RING - 1)] = record;
    ++target.tail;
  }
  scxx_record RecordFor(const task_struct& p, uint32_t flags = 0) const {
    return {.slot = static_cast<uint32_t>(p.slot),
            .enq_cnt = EnqueueCount(p),
            .slice = 0,
            .pace = 0,
            .vtime = 0,
            .flags = flags,
            .lead = 0};
  }

  // ---- single callbacks on a CPU, with nothing else of the core ----

  void EnqueueOn(uint32_t cpu, task_struct& p, uint64_t flags = 0) {
    OnCpu here(*kernel, cpu);
    kernel->CallEnqueue(p, flags);
  }
  // What ops.dispatch gives the CPU, or nullptr.
  task_struct* NextOn(uint32_t cpu, task_struct* prev = nullptr) {
    OnCpu here(*kernel, cpu);
    kernel->CallDispatch([&] { on_dispatch(cpu, prev); });
    return kernel->PopLocal(cpu);
  }
  uint64_t TimerOn(uint32_t cpu) {
    OnCpu here(*kernel, cpu);
    return timer_run();
  }
  // ... of a task that the kernel schedules this time.
  void EnqueueForKernel(task_struct& p, uint32_t cpu = 0) {
    kernel->global().fallback = 1;
    EnqueueOn(cpu, p);
    kernel->global().fallback = 0;
  }
  // It has run for so long, and no time passes elsewhere.
  void RanFor(task_struct& p, uint64_t ns) {
    kernel->Advance(ns);
    p.se.sum_exec_runtime += ns;
  }
  // Which queue of the kernel's a CPU's own is.
  static uint64_t QueueOfCpu(uint32_t cpu) { return CPU_DSQ + cpu + 1; }

  // Of a callback on `cpu`, which an OnCpu has begun.
  scene SceneOn(uint32_t cpu) const {
    scene s;
    EXPECT_TRUE(scene_begin(&s, cpu, kernel->now()));
    return s;
  }

  scxx_task& SlotOf(const task_struct& p) const { return kernel->slot(p.slot); }
  uint32_t EnqueueCount(const task_struct& p) const { return custody_count(SlotOf(p).custody); }
  uint32_t StateOf(const task_struct& p) const { return custody_state(SlotOf(p).custody); }

  std::unique_ptr<TestKernel> kernel;
  task_struct* agent = nullptr;
  uint64_t steps = 0;
};

inline uint32_t KindOf(const scxx_event& event) { return event.slot_kind >> 24; }
inline uint32_t SlotOf(const scxx_event& event) { return event.slot_kind & (SCXX_MAX_SLOTS - 1); }

}  // namespace scxx

#endif  // SCXX_BPF_TESTING_DISPATCHER_TEST_BASE_H_
