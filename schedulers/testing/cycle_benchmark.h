// SPDX-License-Identifier: Apache-2.0
//
// What a call of Schedule costs where it decides little: on machines of many CPUs, and with tasks
// that are restricted to many different sets of CPUs.
//
//   BENCHMARK_TEMPLATE(BM_Full, MyPolicy)->Apply(CpusAndSets);
//   BENCHMARK_TEMPLATE(BM_NotYet, MyPolicy)->Apply(CpusAndSets);
//   BENCHMARK_TEMPLATE(BM_OneIsFree, MyPolicy)->Apply(CpusAndSets);
//
// 1,900 tasks wait, without an affinity or restricted to as many sets as the second argument says;
// the first one is the number of CPUs, each of which runs a task.

#ifndef SCXX_SCHEDULERS_TESTING_CYCLE_BENCHMARK_H_
#define SCXX_SCHEDULERS_TESTING_CYCLE_BENCHMARK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"

namespace scxx {

// Different sets of about half of the CPUs each, at least two.
inline std::vector<CpuSet> RandomSets(int cpus, int sets) {
  std::vector<CpuSet> all;
  std::minstd_rand random;
  while (static_cast<int>(all.size()) < sets) {
    CpuSet set;
    for (int i = 0; i < cpus; ++i) {
      if (random() >> 10 & 1) set.Add(CpuId(i));
    }
    if (set.size() >= 2 && std::find(all.begin(), all.end(), set) == all.end()) all.push_back(set);
  }
  return all;
}

// A policy on a machine that stands still.
template <typename P>
class StillMachine : public AffinitySource {
 public:
  static constexpr uint32_t kWaiting = 1'900;

  // `ran` is what the tasks that wait have used.
  StillMachine(int cpus, int sets, Nanos ran)
      : sets_(RandomSets(cpus, sets)),
        limits_{.max_tasks = kWaiting + static_cast<uint32_t>(cpus), .max_cpus = cpus},
        policy_(P::Create({}, limits_).value()),
        views_(static_cast<size_t>(cpus)),
        rooms_(static_cast<size_t>(cpus)),
        usual_runs_(limits_.max_tasks, Nanos::Max()),
        buffer_(limits_.max_tasks),
        sink_(absl::MakeSpan(buffer_), Lookahead(Nanos::Zero(), usual_runs_, cpus)) {
    ctx_.affinity = this;
    ctx_.cpus = views_;
    for (int cpu = 0; cpu < cpus; ++cpu) RunOn(CpuId(cpu));
    for (uint32_t slot = 0; slot < kWaiting; ++slot) Wait(slot, RunnableReason::kNew, ran);
  }

  CpuSet AllowedCpus(TaskId task) const override { return sets_[task.slot % sets_.size()]; }

  // The number of tasks that were dispatched.
  size_t Schedule() {
    sink_.Begin(any_, rooms_);
    policy_.Schedule(ctx_, sink_);
    return sink_.size();
  }

  // So much later, every CPU runs what it ran.
  void Pass(Nanos time) { ctx_.now += time; }

  // Room for a task on every CPU, behind what runs there.
  void MakeRoom() {
    rooms_.assign(rooms_.size(), Room{.space = 1});
    any_ = {.space = 1};
  }

  // This CPU has nothing to run until the next call.
  void Free(CpuId cpu) {
    views_[free_.value()].state = CpuView::State::kRunning;
    rooms_[free_.value()] = kNoRoom;
    views_[cpu.value()].state = CpuView::State::kIdle;
    rooms_[cpu.value()] = any_ = {.space = 1, .free_cpus = 1};
    free_ = cpu;
  }

  // The first `n` tasks that were dispatched have used their slices up.
  void ComeBack(size_t n) {
    for (size_t i = 0; i < n; ++i) {
      Wait(buffer_[i].task.slot, RunnableReason::kSliceEnd, buffer_[i].slice);
    }
  }

 private:
  static constexpr Room kNoRoom = {.ahead = Millis(1), .queued = 1};

  void RunOn(CpuId cpu) {
    const TaskId task = {.slot = kWaiting + static_cast<uint32_t>(cpu.value()), .generation = 1};
    policy_.OnRunnable(ctx_, {.task = task, .prev_cpu = cpu});
    any_ = {.space = 1, .free_cpus = 1};
    rooms_[cpu.value()] = any_;
    SCXX_CHECK(Schedule() == 1, "the machine's own task was not dispatched");
    views_[cpu.value()] = {.state = CpuView::State::kRunning, .running = task, .since = ctx_.now};
    rooms_[cpu.value()] = any_ = kNoRoom;
  }

  void Wait(uint32_t slot, RunnableReason reason, Nanos ran) {
    policy_.OnRunnable(ctx_, {.task = {.slot = slot, .generation = 1},
                              .reason = reason,
                              .any_cpu = sets_.empty(),
                              .prev_cpu = free_,
                              .ran = ran,
                              .ran_since_sleep = ran});
  }

  const std::vector<CpuSet> sets_;
  const PolicyLimits limits_;
  P policy_;
  Context ctx_;
  std::vector<CpuView> views_;
  std::vector<Room> rooms_;
  Room any_ = kNoRoom;
  CpuId free_ = CpuId(0);
  std::vector<Nanos> usual_runs_;
  std::vector<Dispatch> buffer_;
  DispatchSink sink_;
};

inline void CpusAndSets(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgsProduct({{8, 64, 256}, {0, 64}});
}

template <typename P>
StillMachine<P> MachineFor(const benchmark::State& state, Nanos ran) {
  return StillMachine<P>(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)), ran);
}

// In front of each CPU a task waits already.
template <typename P>
void BM_Full(benchmark::State& state) {
  StillMachine<P> machine = MachineFor<P>(state, Nanos::Zero());
  for (auto _ : state) SCXX_CHECK(machine.Schedule() == 0, "there was room");
}

// There is room, but what runs has used less than all that waits.
template <typename P>
void BM_NotYet(benchmark::State& state) {
  StillMachine<P> machine = MachineFor<P>(state, Millis(12));
  machine.MakeRoom();
  machine.Pass(Millis(2));
  for (auto _ : state) SCXX_CHECK(machine.Schedule() == 0, "a task had its turn");
}

// One CPU after the other has nothing to run, gets a task, and that comes back.
template <typename P>
void BM_OneIsFree(benchmark::State& state) {
  StillMachine<P> machine = MachineFor<P>(state, Nanos::Zero());
  int64_t dispatched = 0;
  for (int cpu = 0; auto _ : state) {
    machine.Free(CpuId(cpu++ % static_cast<int>(state.range(0))));
    const size_t n = machine.Schedule();
    machine.ComeBack(n);
    dispatched += static_cast<int64_t>(n);
  }
  state.SetItemsProcessed(dispatched);
}

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_TESTING_CYCLE_BENCHMARK_H_
