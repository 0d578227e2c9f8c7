// SPDX-License-Identifier: Apache-2.0
// An agent that writes anything anywhere it can write. It may order tasks as it likes; it may not
// make the dispatcher do what a kernel would eject it for, upset the counters, or keep a task from
// running for ever.

#include <cstdint>
#include <random>
#include <vector>

#include "bpf/testing/dispatcher_test_base.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr uint32_t kCpus = 3;
constexpr uint32_t kSlots = 12;
constexpr int kTasks = 8;
constexpr int kSteps = 300;

scxx_config HostileConfig() {
  scxx_config config = TestConfig(kCpus, kSlots);
  config.wakeup_preempt = 1;
  config.direct = 1;
  return config;
}

class Hostile : public DispatcherTest, public testing::WithParamInterface<uint32_t> {
 protected:
  Hostile() : DispatcherTest(HostileConfig()), random_(GetParam()) {}

  uint64_t Below(uint64_t n) { return random_() % n; }

  // Sometimes almost right, which reaches further than noise.
  uint64_t Word(uint64_t plausible) { return Below(4) ? Below(plausible) : random_(); }

  void ForgeRecords() {
    scxx_dispatch_ring& ring = kernel->ring(Below(kCpus + 1));
    for (int i = 0; i < 4; ++i) {
      scxx_record& record = ring.records[(ring.tail + i) & (SCXX_DISPATCH_RING - 1)];
      const task_struct& victim = *tasks_[Below(tasks_.size())];
      record = Below(2) && victim.slot >= 0 ? RecordFor(victim, Below(2)) : scxx_record{};
      if (Below(3) == 0) record.slot = Word(2 * kSlots);
      if (Below(3) == 0) record.enq_cnt = Word(16);
      if (Below(3) == 0) record.slice = Word(10 * kMs);
      record.vtime = random_();
      if (Below(2)) record.pace = random_();
      if (Below(2)) record.lead = random_();
      if (Below(3) == 0) record.flags = random_();
    }
    ring.tail = Below(8) ? ring.tail + Below(5) : random_();
  }

  void ForgeWords() {
    scxx_agent& words = kernel->agent();
    words.pending = Below(2) ? Below(2) : random_();
    words.nr_queued = Word(4);
    words.gone_head = Word(8);
    words.wake_floor = random_();
    words.wake_margin = random_();
    words.kick_idle[Below(SCXX_MASK_WORDS)] = random_();
    words.kick_preempt[Below(SCXX_MASK_WORDS)] = random_();
    words.event_head[Below(SCXX_MAX_CPUS)] = Word(64);
  }

  // Something that tasks do.
  void Live() {
    task_struct& p = *tasks_[Below(tasks_.size())];
    const int cpu = static_cast<int>(Below(kCpus));
    const bool ours = kernel->curr(cpu) != nullptr && kernel->curr(cpu) != agent;
    switch (Below(6)) {
      case 0:
        if (ours) kernel->Block(cpu);
        break;
      case 1:
        kernel->SetAllowed(p, 1 + Below((1u << kCpus) - 1), cpu);
        break;
      case 2:
        kernel->SetWeight(p, static_cast<uint32_t>(1 + Below(10'000)), cpu);
        break;
      case 3:
        if (kernel->curr(cpu) != nullptr) kernel->Yield(cpu);
        break;
      default:
        if (!p.on_rq) kernel->Wake(p, cpu);
    }
  }

  // Kicks without end are the agent's right; hence no check that all has settled.
  void Pass(uint64_t ns) {
    kernel->Run(ns);
    kernel->Settle(/*limit=*/20);
  }

  void SpawnTasks() {
    for (int i = 0; i < kTasks; ++i) tasks_.push_back(&kernel->Spawn({.pid = 100 + i}));
  }

  std::mt19937_64 random_;
  std::vector<task_struct*> tasks_;
};

TEST_P(Hostile, AgentHarmsNothingButTheOrder) {
  SpawnTasks();
  ASSERT_NO_FATAL_FAILURE(ParkAgent());
  for (int step = 0; step < kSteps; ++step) {
    ForgeRecords();
    ForgeWords();
    Live();
    Pass(Below(2 * kMs));
    ASSERT_FALSE(HasFatalFailure()) << "step " << step;
  }
  // The agent is gone for good: the lease hands what it held to the kernel, and everybody runs.
  for (task_struct* p : tasks_) {
    if (!p->on_rq) kernel->Wake(*p, 0);
  }
  std::vector<uint64_t> ran;
  for (task_struct* p : tasks_) ran.push_back(p->se.sum_exec_runtime);
  for (int i = 0; i < 3000; ++i) Pass(kMs);
  for (size_t i = 0; i < tasks_.size(); ++i) {
    EXPECT_GT(tasks_[i]->se.sum_exec_runtime, ran[i]) << "task " << i << " never ran again";
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Hostile, testing::Range(1u, 33u));

}  // namespace
}  // namespace scxx
