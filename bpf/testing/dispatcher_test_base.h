/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// dispatcher_test_base.h: a fixture with a machine, a kernel and an agent. After every callback it
// checks that the counters balance and that a kernel would have had nothing to object to.
#ifndef SCXX_BPF_TESTING_DISPATCHER_TEST_BASE_H_
#define SCXX_BPF_TESTING_DISPATCHER_TEST_BASE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "gtest/gtest.h"

#include "bpf/testing/kernel.h"
#include "bpf/testing/port_native.h"

#include "bpf/native/make_dispatcher_table.h"

namespace scxx {

class DispatcherTest : public testing::Test {
 protected:
  static constexpr int kAgentPid = 1;
  static constexpr uint64_t kMs = 1'000'000;

  explicit DispatcherTest(const scxx_config& config = TestConfig()) { Start(config); }

  // (Re)starts with another machine.
  void Start(const scxx_config& config) {
    kernel.reset();
    machine = std::make_unique<Machine>(config);
    kernel = std::make_unique<Kernel>(*machine, MakeDispatcherTable());
    kernel->SetObserver([this] { CheckBalance(); });
    machine->global().agent_pid = kAgentPid;
    machine->global().agent_tgid = kAgentPid;
    agent = &kernel->Spawn({.pid = kAgentPid});
  }

  // Every waiting period has ended once or lasts.
  void CheckBalance() {
    ++steps;
    const uint64_t ended = machine->Count(SCXX_CNT_DISPATCHED) +
                           machine->Count(SCXX_CNT_CANCELLED) + machine->Count(SCXX_CNT_RECLAIMED) +
                           machine->Count(SCXX_CNT_GONE);
    ASSERT_EQ(machine->Count(SCXX_CNT_QUEUED), ended + machine->TasksInCustody())
        << "after " << steps << " callbacks";
    ASSERT_EQ(machine->errors(), std::vector<std::string>());
  }

  // The agent has started, looked once, and waits in its DSQ; every CPU is idle.
  void ParkAgent() {
    kernel->Wake(*agent, 0);
    ASSERT_TRUE(kernel->Settle());
    AgentYields();
    ASSERT_TRUE(machine->global().parked);
  }

  // The CPU that the agent is on, or -1.
  int AgentCpu() const {
    for (uint32_t cpu = 0; cpu < machine->config().nr_cpus; ++cpu) {
      if (kernel->curr(static_cast<int>(cpu)) == agent) return static_cast<int>(cpu);
    }
    return -1;
  }

  // The agent looks (and decides nothing), then yields.
  void AgentYields() {
    ASSERT_GE(AgentCpu(), 0) << "the agent does not run";
    machine->agent().pending = 0;
    kernel->Yield(AgentCpu());
    ASSERT_TRUE(kernel->Settle());
  }

  // All that the agent has not consumed, CPU by CPU; consumes it.
  std::vector<scxx_event> TakeEvents() {
    std::vector<scxx_event> events;
    for (uint32_t cpu = 0; cpu < machine->config().nr_cpus; ++cpu) {
      scxx_u64& head = machine->agent().event_head[cpu];
      const scxx_event* ring = machine->maps().events.Find<scxx_event>(cpu);
      for (; head != machine->cpu(cpu).event_tail; ++head) {
        events.push_back(ring[head & machine->config().event_mask]);
      }
    }
    return events;
  }

  // The agent's decision to run a task that waits, placed in a ring.
  void Place(uint32_t ring, const scxx_record& record) {
    scxx_dispatch_ring& target = machine->ring(ring);
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

  scxx_task& SlotOf(const task_struct& p) const { return machine->slot(p.slot); }
  uint32_t EnqueueCount(const task_struct& p) const { return custody_count(SlotOf(p).custody); }
  uint32_t StateOf(const task_struct& p) const { return custody_state(SlotOf(p).custody); }

  std::unique_ptr<Machine> machine;
  std::unique_ptr<Kernel> kernel;
  task_struct* agent = nullptr;
  uint64_t steps = 0;
};

inline uint32_t KindOf(const scxx_event& event) { return event.slot_kind >> 24; }
inline uint32_t SlotOf(const scxx_event& event) { return event.slot_kind & (SCXX_MAX_SLOTS - 1); }

}  // namespace scxx

#endif  // SCXX_BPF_TESTING_DISPATCHER_TEST_BASE_H_
