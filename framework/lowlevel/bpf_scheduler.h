// SPDX-License-Identifier: Apache-2.0
//
// BpfScheduler: the low-level API, for people who know scx_rustland_core's and want to write the
// loop themselves. (Most want the policy API: framework/policy/policy.h.) A complete FIFO:
//
//   absl::StatusOr<std::unique_ptr<BpfScheduler>> scheduler =
//       BpfScheduler::Create({.name = "mine"});
//   if (!scheduler.ok()) return scheduler.status();        // one line, with the cure
//   BpfScheduler& bpf = **scheduler;
//   std::vector<QueuedTask> batch(256);
//   while (!bpf.exited()) {
//     size_t n = bpf.DequeueTasks(absl::MakeSpan(batch));
//     for (size_t i = 0; i < n; ++i) bpf.DispatchTask(DispatchedTask(batch[i]));
//     bpf.NotifyComplete(0);                               // nothing left: wait for more
//   }
//   std::cerr << bpf.ShutdownAndReport().ToString();
//
// (compiled as tests/kernel/low_level_fifo.h, run as tests/kernel/low_level_test.cc)
//
// What is called what elsewhere, and what differs:
//
//   scx_rustland_core                         here
//   BpfScheduler::init(9 arguments)           Create(KernelOptions)
//   dequeue_task()                            DequeueTask(), DequeueTasks(span)
//   dispatch_task(&DispatchedTask)            DispatchTask(task), DispatchTasks(span): a full ring
//                                             is an answer, not an abort
//   select_cpu(pid, prev_cpu, flags)          SelectCpu(): reads the idle map, no system call
//   notify_complete(nr_pending)               NotifyComplete(nr_pending): the one system call per
//                                             batch
//   update_tasks, nr_queued_mut, ...          UpdateTasks(nr_queued, nr_scheduled)
//   get_cpu_pid(cpu)                          CpuOwner(cpu)
//   exited, shutdown_and_report               exited(), ShutdownAndReport()
//   should_restart                            should_restart()
//
// Custody: a task that DequeueTask returned waits until it is dispatched with the enq_cnt it came
// with. If something happens to it meanwhile (an affinity change, the fallback took it back), a
// dispatch of it is counted as stale and dropped, and it comes again if it still waits. Tasks that
// exit while waiting need no care. Nothing is lost if this process is late: bpf/fallback.h.
//
// Threading: all calls from the thread that called Create; Stats() and RequestStop() from any.
// Ownership: the destructor detaches. Errors: absl::Status from Create; values everywhere else.

#ifndef SCXX_FRAMEWORK_LOWLEVEL_BPF_SCHEDULER_H_
#define SCXX_FRAMEWORK_LOWLEVEL_BPF_SCHEDULER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/channel/channel.h"
#include "framework/channel/dispatcher_stats.h"
#include "framework/channel/placement.h"
#include "framework/kernel/process/agent_thread.h"
#include "framework/kernel/program/bpf_program.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/machine/exit_report.h"

namespace scxx {

inline constexpr CpuId kCpuAny = CpuId::Any();

// A task that waits for a decision.
struct QueuedTask {
  int32_t pid = 0;   // in the initial pid namespace, as all pids here
  int32_t tgid = 0;  // its process
  CpuId cpu;         // where it ran last, or was woken for
  uint32_t nr_cpus_allowed = 0;
  scxx_event_kind flags = SCXX_EVENT_WAKEUP;  // why it waits
  bool kthread = false;                       // always false: the kernel schedules its own threads
  Instant enqueued_at;
  Instant start_ts;        // when it was last inserted to run; zero if it never was
  Instant stop_ts;         // start_ts plus what it ran since: the earliest it can have stopped
  Nanos exec_runtime;      // CPU time since it last woke
  Nanos sum_exec_runtime;  // CPU time of its life, exact
  uint64_t nvcsw = 0;      // voluntary context switches of its life
  uint32_t weight = 100;   // 1 to 10000; 100 is nice 0
  int nice = 0;            // exact, where the weight is coarse
  bool batch = false;      // SCHED_BATCH: should interrupt nobody
  bool idle = false;       // SCHED_IDLE: weight 1, whatever its nice value
  Nanos slice;             // unused part of its last slice
  Vtime vtime;             // that of its last dispatch
  uint32_t enq_cnt = 0;    // this waiting period
  uint64_t cgroup = 0;     // id in the default hierarchy; up to 16 enqueues old
  int node = 0;            // NUMA node of `cpu`
  absl::string_view comm;  // valid until the next DequeueTask
  TaskId id;               // stable for the task's life, unlike its pid
};

// A decision about it.
struct DispatchedTask {
  DispatchedTask() = default;
  explicit DispatchedTask(const QueuedTask& task)
      : id(task.id), enq_cnt(task.enq_cnt), vtime(task.vtime) {}

  TaskId id;
  uint32_t enq_cnt = 0;
  CpuId cpu = kCpuAny;
  Nanos slice;           // zero: KernelOptions::slice
  Vtime vtime;           // kept by the kernel, for QueuedTask::vtime
  bool preempt = false;  // interrupt what the CPU runs
};

class BpfScheduler {
 public:
  static absl::StatusOr<std::unique_ptr<BpfScheduler>> Create(const KernelOptions& options);

  // The oldest waiting task, or nothing.
  std::optional<QueuedTask> DequeueTask();
  // Several, oldest first. Returns how many.
  size_t DequeueTasks(absl::Span<QueuedTask> out);

  enum class DispatchResult {
    kDispatched,
    kFull,        // that CPU's ring is full: try again after NotifyComplete
    kStale,       // it does not wait any more; if it does again, it is dequeued again
    kNotAllowed,  // it may not use that CPU
  };
  DispatchResult DispatchTask(const DispatchedTask& task);
  // Returns how many were dispatched; results may be empty, or one for each.
  size_t DispatchTasks(absl::Span<const DispatchedTask> tasks, absl::Span<DispatchResult> results);

  // An idle CPU for a task: prev_cpu if it is idle, else another one that it may use, else None().
  CpuId SelectCpu(const QueuedTask& task, CpuId prev_cpu) const;
  // The CPUs it may use, as of now; some may be offline, and DispatchTask refuses those.
  CpuSet AllowedCpus(const QueuedTask& task) const { return channel_.Affinity(task.id.slot); }

  // Ends a cycle: sends the kicks and gives the CPU away until something happens. `nr_pending` is
  // how many tasks are kept back: if there are any, this thread is also run when a CPU has nothing
  // to do.
  void NotifyComplete(uint64_t nr_pending);

  // How many tasks are kept back, and how many are dispatched and not yet seen again. The second is
  // for statistics. The first is NotifyComplete's, until its next call: while it is not 0, no woken
  // task goes directly to an idle CPU, CPUs with nothing to do run this thread, and turns get
  // shorter if it is a crowd.
  void UpdateTasks(uint64_t nr_queued, uint64_t nr_scheduled) {
    channel_.SetQueued(nr_queued, nr_scheduled);
  }

  // The pid of the task that user space last put on the CPU and that still runs there; 0 if it is
  // idle or runs something the kernel chose.
  int32_t CpuOwner(CpuId cpu) const { return channel_.CpuOwner(cpu).pid; }
  bool IsIdle(CpuId cpu) const { return channel_.IsIdle(cpu); }
  int nr_cpus() const { return static_cast<int>(channel_.nr_cpus()); }

  // The kernel has let go of us, or RequestStop was called.
  bool exited() const;
  void RequestStop();
  ExitReport ShutdownAndReport();
  // After ShutdownAndReport: a CPU came or went, and the kernel asks us to start again.
  bool should_restart() const { return report_.ShouldRestart(); }

  DispatcherStats Stats() const;

 private:
  BpfScheduler(std::vector<int> nodes, const CpuSet& online, std::unique_ptr<BpfProgram> program);

  bool NextEvent(ChannelEvent* event);
  bool Fill(const ChannelEvent& event, QueuedTask* out);

  const std::vector<int> nodes_;  // by CPU
  const std::unique_ptr<BpfProgram> program_;
  Channel channel_;
  Placement placement_;
  std::vector<ChannelEvent> events_;
  size_t nr_events_ = 0;
  size_t next_event_ = 0;
  std::vector<TaskSnapshot> snapshots_;  // what QueuedTask::comm points into
  size_t nr_snapshots_ = 0;
  ExitReport report_;
  const AgentThread agent_;
  std::atomic<bool> stop_ = false;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_LOWLEVEL_BPF_SCHEDULER_H_
