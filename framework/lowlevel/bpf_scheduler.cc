// SPDX-License-Identifier: Apache-2.0
#include "framework/lowlevel/bpf_scheduler.h"

#include <sched.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "framework/topology/topology.h"

namespace scxx {
namespace {

constexpr size_t kBatch = 256;

std::vector<int> NodesByCpu(const Topology& topology, uint32_t nr_cpus) {
  std::vector<int> nodes(nr_cpus);
  for (uint32_t cpu = 0; cpu < nr_cpus; ++cpu) {
    nodes[cpu] = std::max(0, topology.nodes().IndexOf(CpuId(static_cast<int>(cpu))));
  }
  return nodes;
}

Instant ToInstant(uint64_t ns) { return Instant(static_cast<int64_t>(ns)); }
Nanos ToNanos(uint64_t ns) { return Nanos(static_cast<int64_t>(ns)); }

}  // namespace

absl::StatusOr<std::unique_ptr<BpfScheduler>> BpfScheduler::Create(const KernelOptions& options) {
  absl::StatusOr<Topology> topology = Topology::FromSysfs();
  if (!topology.ok()) return topology.status();
  absl::StatusOr<std::unique_ptr<BpfProgram>> program = LoadProgram(options, *topology);
  if (!program.ok()) return program.status();
  const uint32_t nr_cpus = (*program)->config().nr_cpus;
  std::unique_ptr<BpfScheduler> scheduler(
      new BpfScheduler(NodesByCpu(*topology, nr_cpus), topology->online(), *std::move(program)));
  if (absl::Status status = LockAndAttach(*scheduler->program_); !status.ok()) return status;
  scheduler->channel_.BeginCycle();
  return scheduler;
}

BpfScheduler::BpfScheduler(std::vector<int> nodes, const CpuSet& online,
                           std::unique_ptr<BpfProgram> program)
    : nodes_(std::move(nodes)),
      program_(std::move(program)),
      channel_(program_->memory(), program_->config()),
      placement_(channel_, online),
      events_(kBatch),
      snapshots_(kBatch) {}

// ---- Dequeue ----

bool BpfScheduler::NextEvent(ChannelEvent* event) {
  if (next_event_ == nr_events_) {
    nr_events_ = channel_.ReadEvents(absl::MakeSpan(events_));
    next_event_ = 0;
  }
  if (next_event_ == nr_events_) return false;
  *event = events_[next_event_++];
  return true;
}

size_t BpfScheduler::DequeueTasks(absl::Span<QueuedTask> out) {
  for (TaskId gone; channel_.ReadGone(&gone);) {
    // Nothing is kept by task here, but the kernel waits for the reports to be read.
  }
  nr_snapshots_ = 0;
  size_t n = 0;
  for (ChannelEvent event; n < std::min(out.size(), kBatch) && NextEvent(&event);) {
    if (event.kind != SCXX_EVENT_LEFT) n += Fill(event, &out[n]);
  }
  placement_.SetAgentCpu(CpuId(sched_getcpu()));
  return n;
}

std::optional<QueuedTask> BpfScheduler::DequeueTask() {
  QueuedTask task;
  if (DequeueTasks({&task, 1}) == 0) return std::nullopt;
  return task;
}

bool BpfScheduler::Fill(const ChannelEvent& event, QueuedTask* out) {
  TaskSnapshot& snapshot = snapshots_[nr_snapshots_];
  if (!channel_.ReadTask(event, &snapshot)) return false;
  ++nr_snapshots_;
  const scxx_task& task = snapshot.task;
  *out = QueuedTask();
  out->id = snapshot.id;
  out->enq_cnt = event.enqueue;
  out->flags = event.kind;
  out->pid = task.pid;
  out->tgid = task.tgid;
  out->cpu = CpuId(task.cpu);
  out->node = nodes_[task.cpu];
  out->nr_cpus_allowed = task.nr_cpus_allowed;
  out->enqueued_at = ToInstant(task.enqueued_at);
  out->start_ts = ToInstant(task.started_at);
  out->stop_ts = ToInstant(task.started_at) + ToNanos(task.sum_exec - task.exec_at_start);
  out->exec_runtime = ToNanos(task.sum_exec - task.exec_at_wake);
  out->sum_exec_runtime = ToNanos(task.sum_exec);
  out->nvcsw = task.nvcsw;
  out->weight = task.weight;
  out->nice = static_cast<int>(task.static_prio) - 120;
  out->batch = task.flags & SCXX_TASK_BATCH;
  out->idle = task.flags & SCXX_TASK_IDLE;
  out->slice = ToNanos(task.residual);
  out->vtime = Vtime(task.vtime);
  out->cgroup = task.cgroup;
  out->comm = absl::string_view(task.comm, strnlen(task.comm, sizeof(task.comm)));
  return true;
}

// ---- Dispatch ----

BpfScheduler::DispatchResult BpfScheduler::DispatchTask(const DispatchedTask& task) {
  if (!channel_.IsHeld(task.id, task.enq_cnt)) return DispatchResult::kStale;
  const Dispatch decision = {.task = task.id,
                             .cpu = task.cpu,
                             .slice = task.slice,
                             .order = task.vtime,
                             .preempt = task.preempt};
  uint32_t ring = 0;
  switch (placement_.Place({.decision = decision, .enqueue = task.enq_cnt}, &ring)) {
    case Placement::Result::kFull:
      return DispatchResult::kFull;
    case Placement::Result::kNotAllowed:
    case Placement::Result::kOffline:
      return DispatchResult::kNotAllowed;
    case Placement::Result::kPlaced:
      break;
  }
  return DispatchResult::kDispatched;
}

size_t BpfScheduler::DispatchTasks(absl::Span<const DispatchedTask> tasks,
                                   absl::Span<DispatchResult> results) {
  size_t dispatched = 0;
  for (size_t i = 0; i < tasks.size(); ++i) {
    const DispatchResult result = DispatchTask(tasks[i]);
    if (!results.empty()) results[i] = result;
    dispatched += result == DispatchResult::kDispatched;
  }
  return dispatched;
}

CpuId BpfScheduler::SelectCpu(const QueuedTask& task, CpuId prev_cpu) const {
  const CpuSet allowed = channel_.Affinity(task.id.slot);
  if (prev_cpu.IsCpu() && allowed.Contains(prev_cpu) && channel_.IsIdle(prev_cpu)) return prev_cpu;
  return channel_.FindFree(&allowed, CpuId::None());
}

// ---- The rest ----

void BpfScheduler::NotifyComplete(uint64_t nr_pending) {
  channel_.SetQueued(nr_pending + (nr_events_ - next_event_), channel_.nr_scheduled());
  // Events taken from the rings but not yet handed out count as unread, too.
  if (next_event_ == nr_events_) {
    channel_.BeforePark();
  } else {
    channel_.RemindMe();
  }
  GiveCpuAway(channel_.wants_nap());
  channel_.BeginCycle();
}

bool BpfScheduler::exited() const {
  return stop_.load(std::memory_order_relaxed) || program_->exited();
}

void BpfScheduler::RequestStop() {
  stop_.store(true, std::memory_order_relaxed);
  agent_.Nudge();
}

ExitReport BpfScheduler::ShutdownAndReport() {
  program_->Detach();
  report_ = program_->exit_report();
  return report_;
}

DispatcherStats BpfScheduler::Stats() const {
  return ReadDispatcherStats(program_->memory(), program_->config().nr_cpus);
}

}  // namespace scxx
