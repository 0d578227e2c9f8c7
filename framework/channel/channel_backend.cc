// SPDX-License-Identifier: Apache-2.0
#include "framework/channel/channel_backend.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "bpf/custody.h"
#include "framework/base/weight.h"

namespace scxx {
namespace {

// The most events of one Poll; more stay in the rings.
constexpr size_t kMaxBatch = 1024;

RunnableReason ReasonOf(scxx_event_kind kind) {
  switch (kind) {
    case SCXX_EVENT_WAKEUP:
      return RunnableReason::kWakeup;
    case SCXX_EVENT_SLICE_END:
      return RunnableReason::kSliceEnd;
    case SCXX_EVENT_PREEMPTED:
      return RunnableReason::kPreempted;
    case SCXX_EVENT_YIELD:
      return RunnableReason::kYield;
    case SCXX_EVENT_REQUEUE:
      return RunnableReason::kRequeue;
    default:
      return RunnableReason::kNew;
  }
}

TaskClass ClassOf(const scxx_task& task) {
  if (task.flags & SCXX_TASK_IDLE) return TaskClass::kIdle;
  return task.flags & SCXX_TASK_BATCH ? TaskClass::kBatch : TaskClass::kNormal;
}

// The nice value is finer than the kernel's weight, but says nothing about SCHED_IDLE.
Weight WeightOf(const scxx_task& task) {
  return task.flags & SCXX_TASK_IDLE ? Weight::Idle()
                                     : Weight::FromNice(static_cast<int>(task.static_prio) - 120);
}

// A task that slept stopped no earlier than its last run would have ended without interruption.
Nanos SleptFor(const scxx_task& task) {
  if (task.started_at == 0) return Nanos::Zero();
  const uint64_t stopped = task.started_at + (task.sum_exec - task.exec_at_start);
  return std::max(Nanos::Zero(), Nanos(static_cast<int64_t>(task.enqueued_at - stopped)));
}

}  // namespace

ChannelBackend::ChannelBackend(Topology topology, SharedMemory& memory, const scxx_config& config)
    : topology_(std::move(topology)),
      limits_{.max_tasks = config.max_tasks, .max_cpus = static_cast<int>(config.online_end)},
      channel_(memory, config),
      placement_(channel_, topology_.online()),
      forecast_(config.nr_cpus + 1),
      events_(kMaxBatch),
      seen_(config.max_tasks),
      cpus_(config.online_end),
      rooms_(config.online_end, Room{.space = SCXX_DISPATCH_RING}),
      nr_usable_(NrUsable()) {}

PolicyLimits ChannelBackend::limits() const { return limits_; }

// ---- Poll ----

const Cycle& ChannelBackend::Poll(absl::Span<BackendEvent> events) {
  channel_.BeginCycle();
  size_t n = 0;
  if (const uint64_t epoch = channel_.epoch(); epoch != epoch_ && !events.empty()) {
    epoch_ = epoch;
    events[n++].kind = EventKind::kResync;
  }
  n += PollEvents(events.subspan(n));
  n += PollGone(events.subspan(n));
  cycle_.nr_events = n;
  cycle_.now = std::max(cycle_.now, Now());
  placement_.SetAgentCpu(CurrentCpu());
  View();
  return cycle_;
}

size_t ChannelBackend::PollEvents(absl::Span<BackendEvent> out) {
  const size_t wanted = std::min(out.size(), events_.size());
  const size_t read = channel_.ReadEvents({events_.data(), wanted});
  size_t n = 0;
  for (size_t i = 0; i < read; ++i) n += Fill(events_[i], &out[n]);
  return n;
}

size_t ChannelBackend::PollGone(absl::Span<BackendEvent> out) {
  size_t n = 0;
  for (TaskId task; n < out.size() && channel_.ReadGone(&task);) {
    out[n].kind = EventKind::kGone;
    out[n++].runnable.task = task;
  }
  return n;
}

bool ChannelBackend::Fill(const ChannelEvent& event, BackendEvent* out) {
  if (event.kind == SCXX_EVENT_LEFT) {
    out->kind = EventKind::kWithdrawn;
    out->withdrawn = WithdrawnReason::kChanged;
    out->enqueue = event.enqueue;
    const uint64_t word = __atomic_load_n(&channel_.slot(event.slot).custody, __ATOMIC_ACQUIRE);
    out->runnable.task = {.slot = event.slot, .generation = custody_generation(word)};
    return true;
  }
  TaskSnapshot snapshot;
  if (!channel_.ReadTask(event, &snapshot)) return false;
  out->kind = EventKind::kRunnable;
  out->enqueue = event.enqueue;
  out->runnable = Describe(event, snapshot);
  if (nr_scheduled_ > 0) --nr_scheduled_;
  return true;
}

// A CPU that has come online since the attach is not among those that policies know. The kernel
// ends the attach for it, and until then tasks may come from there.
CpuId ChannelBackend::PrevCpu(const scxx_task& task) const {
  const CpuId cpu(task.cpu);
  return topology_.online().Contains(cpu) ? cpu : topology_.online().First();
}

TaskRunnable ChannelBackend::Describe(const ChannelEvent& event, const TaskSnapshot& snapshot) {
  const scxx_task& task = snapshot.task;
  Seen& seen = seen_[event.slot];
  const bool known = seen.generation == snapshot.id.generation;
  const uint64_t ran = known ? task.sum_exec - seen.sum_exec : 0;
  seen = {.generation = snapshot.id.generation, .sum_exec = task.sum_exec};
  TaskRunnable runnable;
  runnable.task = snapshot.id;
  runnable.reason = known ? ReasonOf(event.kind) : RunnableReason::kNew;
  runnable.any_cpu = (task.flags & SCXX_TASK_ALL_CPUS) && !(task.flags & SCXX_TASK_NO_MIGRATE);
  runnable.prev_cpu = PrevCpu(task);
  runnable.weight = WeightOf(task);
  runnable.task_class = ClassOf(task);
  runnable.ran = Nanos(static_cast<int64_t>(ran));
  runnable.ran_since_sleep = Nanos(static_cast<int64_t>(task.sum_exec - task.exec_at_wake));
  if (event.kind == SCXX_EVENT_WAKEUP) runnable.slept = SleptFor(task);
  runnable.slice_left = Nanos(static_cast<int64_t>(task.residual));
  runnable.enqueued_at = Instant(static_cast<int64_t>(event.time));
  runnable.pid = task.pid;
  runnable.tgid = task.tgid;
  return runnable;
}

// What the cycle before has found stands for CPUs that have not changed.
void ChannelBackend::View() {
  for (const CpuId cpu : {viewed_from_, placement_.agent_cpu()}) {
    if (cpu.IsCpu()) changed_.Add(cpu);
  }
  viewed_from_ = placement_.agent_cpu();
  for (uint32_t word = 0; word < channel_.words(); ++word) ViewChanged(word);
  cycle_.cpus = cpus_;
  cycle_.rooms = rooms_;
  const uint32_t free_cpus = cycle_.any.free_cpus;
  cycle_.any = RoomOf(channel_.any_ring());
  cycle_.any.free_cpus = free_cpus;
  cycle_.any.cpus = nr_usable_;
}

// Of 64 CPUs those that BPF names, those that went idle or came back, and what is known here.
void ChannelBackend::ViewChanged(uint32_t word) {
  const uint64_t idle = channel_.IdleCpus(word);
  uint64_t changed = channel_.TakeChanged(word) | changed_.word(word) | (idle ^ idle_.word(word));
  changed_.set_word(word, 0);
  idle_.set_word(word, idle);
  for (; changed != 0; changed &= changed - 1) {
    ViewAgain(CpuId(static_cast<int>(word * 64) + std::countr_zero(changed)));
  }
}

void ChannelBackend::ViewAgain(CpuId cpu) {
  const auto index = static_cast<size_t>(cpu.value());
  if (index >= cpus_.size()) return;
  cpus_[index] = ViewCpu(cpu);
  cycle_.any.free_cpus -= rooms_[index].free_cpus;
  rooms_[index] = RoomOn(cpu);
  cycle_.any.free_cpus += rooms_[index].free_cpus;
}

CpuView ChannelBackend::ViewCpu(CpuId cpu) const {
  if (!topology_.online().Contains(cpu)) return {.state = CpuView::State::kOffline};
  if (idle_.Contains(cpu)) return {.state = CpuView::State::kIdle};
  const Channel::Owner owner = channel_.CpuOwner(cpu);
  if (owner.pid == 0 || cpu == placement_.agent_cpu()) return {.state = CpuView::State::kOther};
  return {.state = CpuView::State::kRunning,
          .running = {.slot = owner.slot, .generation = seen_[owner.slot].generation},
          .since = Instant(static_cast<int64_t>(owner.since))};
}

Room ChannelBackend::RoomOf(uint32_t ring) {
  forecast_.TakenUpTo(ring, channel_.Head(ring));
  const uint32_t waiting = channel_.Waiting(ring);
  return {.ahead = forecast_.ahead(ring), .queued = waiting, .space = SCXX_DISPATCH_RING - waiting};
}

// After its view.
Room ChannelBackend::RoomOn(CpuId cpu) {
  Room room = RoomOf(cpu.value());
  const bool has_nothing =
      cpu == placement_.agent_cpu() || cpus_[cpu.value()].state == CpuView::State::kIdle;
  room.free_cpus = room.queued == 0 && has_nothing;
  return room;
}

// CPUs that run what may run anywhere: of more that are possible only those that are online.
uint32_t ChannelBackend::NrUsable() const {
  const CpuId reserved = channel_.reserved_cpu();
  const int online = topology_.online().size();
  return static_cast<uint32_t>(std::max(online - topology_.online().Contains(reserved), 1));
}

// ---- Dispatch ----

void ChannelBackend::Dispatch(absl::Span<const BackendDispatch> dispatches,
                              absl::Span<DispatchOutcome> outcomes) {
  for (size_t i = 0; i < dispatches.size(); ++i) outcomes[i] = DispatchOne(dispatches[i]);
}

DispatchOutcome ChannelBackend::DispatchOne(const BackendDispatch& dispatch) {
  if (!channel_.IsHeld(dispatch.decision.task, dispatch.enqueue)) return DispatchOutcome::kStale;
  uint32_t ring = 0;
  switch (placement_.Place(dispatch, &ring)) {
    case Placement::Result::kFull:
      return DispatchOutcome::kQueueFull;
    case Placement::Result::kNotAllowed:
      return DispatchOutcome::kNotAllowed;
    case Placement::Result::kOffline:
      return DispatchOutcome::kOffline;
    case Placement::Result::kPlaced:
      break;
  }
  const bool queues_up = ring != channel_.any_ring() && channel_.Waiting(ring) > 1;
  passed_by_ |= dispatch.decision.cpu == CpuId::Any() && queues_up;
  forecast_.Placed(ring, dispatch.expected_run);
  if (ring != channel_.any_ring()) changed_.Add(CpuId(static_cast<int>(ring)));
  ++nr_scheduled_;
  ++accepted_;
  return DispatchOutcome::kAccepted;
}

// ---- The rest ----

RunState ChannelBackend::Park(const ParkRequest& request) {
  if (exited()) return RunState::kExited;
  // The room was counted on for a task that had to go elsewhere: the next one may fit in.
  if (std::exchange(passed_by_, false) && request.queued > 0 && SomeCpuIsFree()) {
    return RunState::kRunning;
  }
  channel_.SetQueued(request.queued, nr_scheduled_);
  channel_.SetReview(request.review_at);
  channel_.SetWakeupKeys(request.wakeup_keys.floor.raw(), request.wakeup_keys.margin.count());
  channel_.BeforePark();
  Yield();
  return RunState::kRunning;
}

bool ChannelBackend::SomeCpuIsFree() const {
  const CpuId here = placement_.agent_cpu();
  if (here.IsCpu() && channel_.Waiting(here.value()) == 0) return true;
  return channel_.FindFree(nullptr, here).IsCpu();
}

void ChannelBackend::IsHeld(absl::Span<const HeldTask> tasks, absl::Span<bool> held) {
  for (size_t i = 0; i < tasks.size(); ++i) {
    held[i] = channel_.IsHeld(tasks[i].task, tasks[i].enqueue);
  }
}

CpuSet ChannelBackend::AllowedCpus(TaskId task) const {
  return channel_.Affinity(task.slot) & topology_.online();
}

}  // namespace scxx
