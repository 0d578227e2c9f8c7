// SPDX-License-Identifier: Apache-2.0
//
// Core: the kernel's sched_ext core, as a scheduler that is attached to it sees it: which callback
// comes when and where, what a CPU runs next, what an insert, a kick and a slice do. The behaviour
// is that of Linux 7.3; docs/simulation.md lists it statement by statement, and what is left out.
//
//   EventQueue queue;
//   Core core(topology, {}, queue, trace, client);
//   core.Attach(ops);
//   core.Fork(task, /*parent_cpu=*/0);        // init_task ... enqueue
//   core.Block(cpu);                           // what runs there goes to sleep
//   core.Deliver(queue.Pop());                 // kIpi, kTick, kTimer: the core's own events
//
// Time passes between calls only: a callback takes none. Tasks are the caller's and outlive the
// core. What a kernel would eject a scheduler for ends in error(), after which the core schedules
// by itself (bypass), as it does while nothing is attached. Threading: one thread.

#ifndef SCXX_FRAMEWORK_SIM_CORE_CORE_H_
#define SCXX_FRAMEWORK_SIM_CORE_CORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/sim/core/dsq.h"
#include "framework/sim/core/event_queue.h"
#include "framework/sim/core/idle_cpus.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/core/sched_ext_ops.h"
#include "framework/sim/core/trace.h"
#include "framework/topology/topology.h"

namespace scxx {
class TestKernel;
}

namespace scxx::sim {

// Flags of ops.enqueue and of inserts with the same value on all kernels.
inline constexpr uint64_t kEnqWakeup = 1;
inline constexpr uint64_t kEnqRestore = 2;
inline constexpr uint64_t kEnqCpuSelected = 1ull << 10;
inline constexpr uint64_t kEnqHead = 1ull << 16;
inline constexpr uint64_t kEnqPreempt = KX_ENQ_PREEMPT;
inline constexpr uint64_t kEnqReenq = 1ull << 40;
inline constexpr uint64_t kEnqLast = KX_ENQ_LAST;
// Flags of ops.select_cpu.
inline constexpr uint64_t kWakeExec = 2;
inline constexpr uint64_t kWakeFork = 4;
inline constexpr uint64_t kWakeTtwu = 8;

// What the kernel tells a scheduler: 1 for SCHED_IDLE, else by the nice value.
uint32_t KernelWeight(const task_struct& p);

// What a kernel takes that is not decided by its code: to be calibrated.
struct CoreCosts {
  Nanos tick = Millis(4);               // 1 / CONFIG_HZ
  Nanos ipi = Micros(2);                // from a kick until the target has entered its scheduler
  Nanos context_switch = Nanos(1'200);  // charged to the task that is switched to
};

// Who owns the tasks: told when one gets and loses its CPU.
class CoreClient {
 public:
  virtual ~CoreClient() = default;
  virtual void OnRunning(task_struct& p, int cpu) = 0;
  virtual void OnStopping(task_struct& p, int cpu) = 0;
};

class Core {
 public:
  Core(const Topology& topology, const CoreCosts& costs, EventQueue& queue, Trace& trace,
       CoreClient& client, KernelModel model = KernelModel::k7_3);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // ---- the scheduler ----

  // From here on `ops` schedules. `tasks` are those that exist: each gets init_task.
  void Attach(SchedExtOps& ops, const std::vector<task_struct*>& tasks);
  // Takes the tasks back; `ops` is not called again.
  void Detach();
  bool attached() const { return ops_ != nullptr; }
  const Topology& topology() const { return topology_; }
  // Why the kernel has ejected the scheduler; empty if it has not.
  const std::string& error() const { return error_; }

  // Suspend to memory, and back: in between the core schedules by itself.
  void Suspend();
  void Resume();

  // ---- tasks ----

  void Fork(task_struct& p, int parent_cpu);
  // try_to_wake_up() by what executes on `waker_cpu`. No effect on a task that is runnable.
  void Wake(task_struct& p, int waker_cpu);
  // What runs on `cpu`: goes to sleep, calls sched_yield, exits.
  void Block(int cpu);
  void Yield(int cpu);
  void Exit(int cpu);
  // execve(): no callback sees it.
  void Exec(int cpu);
  // Property changes, made by what executes on `cpu`.
  void SetNice(task_struct& p, int nice, int cpu);
  // As the kernel reports it to a scheduler: 1 to 10,000, 100 for nice 0.
  void SetWeight(task_struct& p, uint32_t weight, int cpu);
  void SetAllowed(task_struct& p, const CpuSet& allowed, int cpu);
  // migrate_disable() and migrate_enable() of what runs on `cpu`: in between it may not leave the
  // CPU, whatever its affinity says.
  void DisableMigration(int cpu);
  void EnableMigration(int cpu);
  // sched_setscheduler(): to another policy, of a higher class or not.
  void SetClass(task_struct& p, unsigned int policy, int nice, int cpu);
  // To SCHED_FIFO, say, and back before it has run.
  void ChangeClassAndBack(task_struct& p, int cpu);
  void MoveCgroup(task_struct& p, uint64_t cgroup, int cpu);

  // ---- CPUs ----

  // A task of a higher class takes the CPU, which must be online; and sleeps again.
  void StartHigherClass(int cpu);
  void EndHigherClass(int cpu);
  // Hotplug; CPU 0 stays. A scheduler without ops.cpu_online and ops.cpu_offline is detached, to be
  // attached again. The caller sees to it that every task may use some CPU that is online.
  void SetOnline(int cpu, bool online);
  bool IsOnline(int cpu) const { return online_.Contains(CpuId(cpu)); }
  const CpuSet& online() const { return online_; }
  // The CPU's clock is off by so much from now on; it is never seen to go back.
  void SetClockOffset(int cpu, Nanos offset) { cpus_[cpu].clock_offset = offset; }
  Instant ClockOf(int cpu);

  // ---- time ----

  void Deliver(const Event& event);
  // Charges the running task of `cpu` up to now.
  void Charge(int cpu);
  // All CPUs stop, and the clock does not: nobody gets CPU time, and what was due comes late.
  void StopCpus(Nanos time);

  // ---- state ----

  int nr_cpus() const { return static_cast<int>(cpus_.size()); }
  Instant now() const { return queue_.now(); }
  // Who runs there, of whatever class.
  task_struct* curr(int cpu) const { return cpus_[cpu].curr; }
  // Runs a task of a higher class: curr(), or one of nobody's.
  bool in_higher_class(int cpu) const { return cpus_[cpu].higher; }
  bool idle(int cpu) const { return cpus_[cpu].curr == nullptr && !cpus_[cpu].higher; }
  // No scheduler is asked.
  bool bypassing() const { return ops_ == nullptr || suspended_; }
  const Dsq& local(int cpu) const { return cpus_[cpu].local; }
  // What the task has run, up to now.
  Nanos CpuTime(const task_struct& p) const {
    const Nanos charged(static_cast<int64_t>(p.se.sum_exec_runtime));
    return p.running ? charged + (now() - cpus_[p.cpu].charged) : charged;
  }
  // When the CPU last became idle or busy.
  Instant since(int cpu) const { return cpus_[cpu].since; }
  // The watchdog's scan: ejects the scheduler if a task has waited for longer than its timeout.
  void CheckWatchdog();

  // What has changed since Forget: every task whose state has, every CPU that has executed. With
  // repetitions.
  struct Touched {
    std::vector<uint32_t> tasks;
    std::vector<int> cpus;
  };
  const Touched& touched() const { return touched_; }
  void ForgetTouched() { touched_.tasks.clear(), touched_.cpus.clear(); }

  // ---- kfuncs, for the executing CPU ----

  int here() const { return here_; }
  Instant Clock() { return ClockOf(here_); }
  void Insert(task_struct* p, uint64_t dsq, uint64_t slice, uint64_t flags,
              std::optional<uint64_t> vtime);
  void Cancel();
  size_t DispatchSlots() const { return flags_.dispatch_max_batch - buffer_.size(); }
  bool MoveToLocal(uint64_t dsq);
  size_t NrQueued(uint64_t dsq);
  // bpf_iter_scx_dsq's first, of a DSQ of the scheduler's own.
  task_struct* First(uint64_t dsq);
  void Kick(int cpu, uint64_t flags);
  // bpf_timer_start: the timer's next run is so far away, whatever was set before.
  void SetTimer(Nanos delay);
  void CreateDsq(uint64_t dsq);
  void Reenqueue(uint64_t dsq);
  // What a run queue says: its tasks of sched_ext, and whether it has others.
  uint32_t NrRunnable(int cpu) const { return cpus_[cpu].nr_running; }
  bool HasHigher(int cpu) const { return cpus_[cpu].higher || !cpus_[cpu].higher_queue.empty(); }
  // The CPU's deadline server has its turn.
  bool ServerRuns(int cpu) const { return cpus_[cpu].server.active; }
  // scx_bpf_select_cpu_dfl: a negative number is "none idle".
  int SelectIdle(const task_struct& p, int prev_cpu, bool* idle);

  // Ejects the scheduler.
  void Abort(absl::string_view why);

 private:
  friend class ::scxx::TestKernel;  // bpf/testing: single callbacks

  enum class Context : uint8_t { kNone, kSelectCpu, kEnqueue, kDispatch };

  struct InsertRequest {
    task_struct* p = nullptr;
    uint64_t qseq = 0;
    uint64_t dsq = 0;
    uint64_t slice = 0;
    uint64_t flags = 0;
    std::optional<uint64_t> vtime;
  };

  // The CPU's deadline server: sched_ext's share beside a higher class.
  struct Server {
    bool active = false;   // sched_ext runs by it
    bool stopped = false;  // it has found nothing to run
    uint32_t generation = 0;
  };

  static constexpr uint64_t kDefaultSlice = 20'000'000, kBypassSlice = 5'000'000;
  // IPIs besides the kernel's kicks (SCX_KICK_*): to look again, and to enqueue a DSQ anew.
  static constexpr uint64_t kResched = 128, kReenqueue = 64;
  struct Cpu {
    task_struct* curr = nullptr;
    uint32_t nr_running = 0;  // tasks of sched_ext that are runnable here
    Dsq local;
    Dsq higher_queue;  // tasks of a higher class that wait
    Server server;
    Instant charged;  // curr's CPU time is counted up to here
    Instant since;
    uint64_t ipi_flags = 0;  // of the IPI that is on its way; 0: none is
    bool in_dispatch = false;
    bool tick_on = false;
    bool seen_idle = false;   // ops.update_idle's last word
    bool higher = false;      // runs a task of a higher class
    bool was_higher = false;  // until just now
    Nanos clock_offset;
    Instant clock_read;  // its clock's last reading
  };

  // Executes on a CPU for as long as it lives.
  class On {
   public:
    On(Core& core, int cpu) : core_(core), outer_(core.here_) {
      core_.here_ = cpu;
      core_.Touch(cpu);
    }
    ~On() { core_.here_ = outer_; }

   private:
    Core& core_;
    const int outer_;
  };

  // Scheduling (core.cc).
  void Schedule(int cpu);
  task_struct* Pick(int cpu, task_struct* prev);
  task_struct* DispatchAndPick(int cpu, task_struct* prev);
  void Balance(int cpu, task_struct* prev);
  void CallDispatch(int cpu, task_struct* prev);
  void PutPrev(int cpu, task_struct* prev, bool others);
  void SetNext(int cpu, task_struct* next);
  void GoIdle(int cpu, bool was_idle);
  void StopRunning(int cpu, bool runnable, uint64_t quiescent_flags);
  void Reschedule(int cpu, uint64_t flags);
  void DeliverIpi(int cpu);
  void DeliverTick(int cpu);
  void StartTick(int cpu);
  void NotifyIdle(int cpu, bool idle);
  void ArmTimer(Nanos delay, uint32_t cpu);

  // Higher classes (core_higher.cc).
  int HigherCpu(const task_struct& p) const;
  void ActivateHigher(task_struct& p);
  void RunHigher(int cpu);
  task_struct& StopHigher(int cpu);
  void NextHigher(int cpu);
  void LeaveHigherCpu(task_struct& p);
  void PushHigherAway(int cpu);
  void ArmServer(int cpu, Nanos delay);
  void DeliverServer(const Event& event);
  void StopServer(int cpu, task_struct* prev);
  void StartServerFor(const task_struct& p);

  // Tasks (core_tasks.cc).

  // Statement S1: it may use several CPUs.
  static bool SelectsCpu(const task_struct& p) {
    const CpuSet& cpus = p.allowed.cpus;
    return p.migration_disabled == 0 && cpus.After(cpus.First()).IsCpu();
  }
  void InitTask(task_struct& p);
  void SelectCpu(task_struct& p, uint64_t wake_flags);
  void Activate(task_struct& p, uint64_t enq_flags);
  void Enqueue(task_struct& p, uint64_t enq_flags);
  // Of ops.dequeue and ops.quiescent for a change: 6.12 does not say.
  uint64_t ChangeFlags() const { return model_ == KernelModel::k7_3 ? kDequeueSchedChange : 0; }
  bool EnqueueFiltered(task_struct& p);
  void NoteRunnable(task_struct& p);
  void CallEnqueue(task_struct& p, uint64_t enq_flags);
  void Dequeue(task_struct& p, uint64_t quiescent_flags);
  void RemoveFromQueues(task_struct& p, uint64_t deq_flags);
  void WakeupPreempt(const task_struct& p);
  void CycleAll();
  void RescheduleAll();
  void PushAway(int cpu);
  template <typename Change>
  void ChangeProperty(task_struct& p, Change change);
  void Deactivate(task_struct& p);
  void EnterClass(task_struct& p);
  void LeaveClass(task_struct& p);
  void LeaveExcludedCpu(task_struct& p);
  void SetCpusPtr(task_struct& p, const cpumask& mask);
  void PinWhatSwitchesOut(task_struct& p);

  // DSQs (core_dsq.cc).
  Dsq* FindDsq(uint64_t dsq, const task_struct& p);
  void ReenqueueNow(int cpu);
  Dsq* FindUserDsq(uint64_t dsq);
  void Place(const InsertRequest& request, int cpu);
  void PlaceLocal(task_struct& p, int cpu, uint64_t flags);
  void PlaceOnLocalOf(const InsertRequest& request, int cpu);
  void Flush();
  void FlushOne(const InsertRequest& request);
  bool MayMoveTo(const task_struct& p, int cpu) const;
  void EnterCustody(task_struct& p);
  void LeaveCustody(task_struct& p, uint64_t deq_flags);

  int FallbackCpu(const task_struct& p) const;
  // The run queue that it is on counts it.
  void JoinRunQueue(task_struct& p) { p.on_rq = true, ++cpus_[p.cpu].nr_running; }
  void LeaveRunQueue(task_struct& p) { p.on_rq = false, --cpus_[p.cpu].nr_running; }
  void ChangeRunQueue(task_struct& p, int cpu) {
    --cpus_[p.cpu].nr_running;
    p.cpu = cpu;
    ++cpus_[cpu].nr_running;
  }
  void Touch(int cpu) {
    if (touched_.cpus.empty() || touched_.cpus.back() != cpu) touched_.cpus.push_back(cpu);
  }
  void Touch(const task_struct& p) {
    if (touched_.tasks.empty() || touched_.tasks.back() != p.index) {
      touched_.tasks.push_back(p.index);
    }
  }
  void Record(TraceKind kind, const task_struct* p = nullptr, uint64_t value = 0) {
    if (p != nullptr) Touch(*p);
    trace_.Add({.time = now(),
                .kind = kind,
                .cpu = static_cast<int16_t>(here_),
                .task = p == nullptr ? kNoTask : p->index,
                .value = value});
  }

  const Topology& topology_;
  const CoreCosts costs_;
  EventQueue& queue_;
  Trace& trace_;
  CoreClient& client_;
  const KernelModel model_;
  CpuSet online_;
  IdleCpus idle_;
  bool suspended_ = false;
  Touched touched_;
  SchedExtOps* ops_ = nullptr;
  SchedExtOps::Flags flags_;
  std::string error_;
  std::vector<task_struct*> tasks_;  // known to ops_
  std::vector<Cpu> cpus_;
  Dsq global_;
  Dsq bypass_;
  struct UserDsq {
    uint64_t id;
    std::unique_ptr<Dsq> dsq;
  };
  std::vector<UserDsq> user_dsqs_;

  // The callback that is being executed; they do not nest.
  int here_ = 0;
  Context context_ = Context::kNone;
  task_struct* subject_ = nullptr;
  std::optional<InsertRequest> direct_;
  std::vector<InsertRequest> buffer_;
  std::vector<uint64_t> reenqueue_;  // DSQs, not local ones
  int moved_ = 0;
  Instant timer_due_;
  uint32_t timer_generation_ = 0;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_CORE_H_
