/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// test_kernel.h: the simulated core (framework/sim/core) in the hands of a test, without costs and
// without a will of its own: time passes when the test says so, and tasks do what it makes them do.
//
//   TestKernel kernel(TestConfig(2), MakeNativeDispatcher);
//   task_struct& p = kernel.Spawn({.pid = 10});
//   kernel.Wake(p, /*waker_cpu=*/0);
//   kernel.Settle();                 // kicks and reschedules, until every CPU has what it wants
//   EXPECT_EQ(kernel.curr(0), &p);
//
// The agent is a task like any other; a test acts for it while it is curr() somewhere. A test may
// also make single callbacks, and call the dispatcher's functions by itself, on a CPU (OnCpu).
#ifndef SCXX_BPF_TESTING_TEST_KERNEL_H_
#define SCXX_BPF_TESTING_TEST_KERNEL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bpf/native/native_maps.h"
#include "bpf/wire.h"
#include "framework/base/cpu_set.h"
#include "framework/sim/core/core.h"
#include "framework/sim/core/dispatcher.h"
#include "framework/sim/core/dispatcher_state.h"
#include "framework/sim/core/event_queue.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/core/sched_ext_ops.h"
#include "framework/sim/core/trace.h"
#include "framework/topology/topology.h"

namespace scxx {

// A configuration with KernelOptions' defaults, small.
scxx_config TestConfig(uint32_t nr_cpus = 2, uint32_t max_tasks = 16);

// The same on a machine whose CPUs numbered below `nr_cpus` are not all online.
scxx_config TestConfigOnline(uint64_t online, uint32_t nr_cpus);

class TestKernel final : public sim::CoreClient {
 public:
  static constexpr int kAgentPid = 1;

  // Without a dispatcher there are its maps, and CPUs to call its functions on.
  explicit TestKernel(const scxx_config& config, sim::MakeDispatcher make = nullptr);

  // ---- tasks ----

  struct TaskOptions {
    int pid = 0;
    int tgid = 0;  // 0: as pid
    unsigned int uid = 0;
    unsigned int flags = 0;
    int cpu = 0;
    uint64_t allowed = ~0ull;  // CPUs 0 to 63; those beyond nr_cpus are ignored
  };
  // The kernel owns its tasks; they live as long as it does.
  task_struct& NewTask(const TaskOptions& options);
  // Fork: the task exists and sleeps.
  task_struct& Spawn(const TaskOptions& options);
  void Wake(task_struct& p, int waker_cpu) { core_.Wake(p, waker_cpu); }
  // The task that runs on `cpu` ...
  void Block(int cpu);  // goes to sleep
  void Yield(int cpu);  // calls sched_yield
  // Property changes, executed on `cpu`. A waiting task passes through ops.enqueue again.
  void SetWeight(task_struct& p, uint32_t weight, int cpu = 0) { core_.SetWeight(p, weight, cpu); }
  void SetAllowed(task_struct& p, uint64_t allowed, int cpu = 0);
  // A task of a higher class takes the CPU, and sleeps again.
  void StartHigherClass(int cpu) { core_.StartHigherClass(cpu); }
  void EndHigherClass(int cpu) { core_.EndHigherClass(cpu); }
  // The CPU's deadline server has its turn, or not any more.
  void SetServerRuns(int cpu, bool runs) { core_.cpus_[cpu].server.active = runs; }
  // To SCHED_FIFO, say: sched_ext no longer schedules it.
  void LeaveClass(task_struct& p, int cpu = 0);

  // ---- time ----

  uint64_t now() const { return queue_.now().nanos(); }
  // The clock goes on, and nobody has run.
  void Advance(uint64_t ns) { core_.StopCpus(Nanos(static_cast<int64_t>(ns))); }
  // Running tasks use CPU time; then the CPUs tick, which ends slices, and the timer runs if due.
  void Run(uint64_t ns);
  // Carries out kicks and reschedules until there are none. False: `limit` a CPU was not enough.
  bool Settle(int limit = 1000);

  // ---- state ----

  const scxx_config& config() const { return state_.config(); }
  const NativeMaps& maps() const { return state_.maps(); }
  scxx_global& global() const { return state_.global(); }
  scxx_agent& agent() const { return *maps().agent.Find<scxx_agent>(0); }
  scxx_cpu& cpu(uint32_t cpu) const { return *maps().cpus.Find<scxx_cpu>(cpu); }
  scxx_dispatch_ring& ring(uint32_t cpu) const {
    return *maps().dispatch.Find<scxx_dispatch_ring>(cpu);
  }
  scxx_task& slot(uint32_t slot) const { return *maps().tasks.Find<scxx_task>(slot); }
  sim::DispatcherState& state() { return state_; }
  task_struct* SlotTask(uint32_t slot) const { return state_.SlotTask(slot); }

  task_struct* curr(int cpu) const { return core_.curr(cpu); }
  bool idle(int cpu) const { return core_.idle(cpu); }
  // Held by the dispatcher, in no DSQ.
  static bool InCustody(const task_struct& p) {
    return p.ops_state == task_struct::OpsState::kQueued;
  }
  // The DSQ that holds p, or 0; and who is in one.
  uint64_t DsqOf(const task_struct& p) const;
  std::vector<task_struct*> Contents(uint64_t dsq, uint32_t cpu = 0) const;
  uint64_t timer_due() const { return core_.timer_due_.nanos(); }

  // Sums over the CPUs, and the tasks whose custody word says USER.
  uint64_t Count(scxx_counter counter) const;
  uint64_t TasksInCustody() const;
  // What a kernel would have ejected the scheduler for.
  std::vector<std::string> errors() const;

  struct SentKick {
    uint32_t from;
    uint32_t cpu;
    uint64_t flags;
    friend bool operator==(const SentKick&, const SentKick&) = default;
  };
  // The kicks that are on their way, in order. They are lost.
  std::vector<SentKick> TakeKicks();

  // Called after every callback.
  void SetObserver(std::function<void()> observer) { observer_ = std::move(observer); }

  // ---- single callbacks, on the CPU of the innermost OnCpu ----

  // ops.enqueue of a task that is in no DSQ.
  void CallEnqueue(task_struct& p, uint64_t flags);
  // What `callback` does in the place of ops.dispatch, and the flush.
  void CallDispatch(const std::function<void()>& callback);
  // Takes p out of custody or its DSQ.
  void Dequeue(task_struct& p);
  task_struct* PopLocal(uint32_t cpu) { return core_.cpus_[cpu].local.PopFront(); }

  void OnRunning(task_struct&, int) override {}
  void OnStopping(task_struct&, int) override {}

 private:
  friend class OnCpu;

  int& here() { return core_.here_; }
  void Log(const sim::TraceRecord& record);
  bool DeliverIpi(const sim::Event& event);
  CpuSet CpusOf(uint64_t mask) const;

  const Topology topology_;
  sim::EventQueue queue_;
  sim::Trace trace_;
  sim::Core core_;
  sim::DispatcherState state_;
  std::unique_ptr<sim::SchedExtOps> ops_;
  std::deque<task_struct> tasks_;
  std::vector<SentKick> kicks_;
  std::function<void()> observer_;
};

// A CPU executes what is called for as long as this lives. Nests.
class OnCpu {
 public:
  OnCpu(TestKernel& kernel, uint32_t cpu)
      : scope_(kernel.state_), here_(kernel.here()), outer_(here_) {
    here_ = static_cast<int>(cpu);
  }
  ~OnCpu() { here_ = outer_; }
  OnCpu(const OnCpu&) = delete;
  OnCpu& operator=(const OnCpu&) = delete;

 private:
  const sim::DispatcherState::Scope scope_;
  int& here_;
  const int outer_;
};

}  // namespace scxx

#endif  // SCXX_BPF_TESTING_TEST_KERNEL_H_
