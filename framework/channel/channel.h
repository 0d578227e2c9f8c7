// SPDX-License-Identifier: Apache-2.0
//
// Channel: the agent's ends of the shared memory of bpf/wire.h. No system calls, no allocation
// after construction, no waiting.
//
//   channel.BeginCycle();                                    // before reading: nothing is missed
//   uint64_t cpus = channel.TakeChanged(0);                  // of 0 to 63 look at these again
//   size_t n = channel.ReadEvents(absl::MakeSpan(events));   // oldest first
//   TaskSnapshot task;
//   if (channel.ReadTask(events[0], &task)) ...              // false: superseded by a newer event
//   channel.Place(record, ring);                             // false: that ring is full
//   channel.KickIdle(cpu);                                   // takes effect at the next park
//   sched_yield();                                           // the park: bpf/park.h
//
// Ownership: the memory is the caller's and must outlive the channel. Threading: all calls from the
// agent's thread, except the const ones that say otherwise. Errors: none; what the kernel writes is
// trusted, what it may have changed meanwhile is checked.

#ifndef SCXX_FRAMEWORK_CHANNEL_CHANNEL_H_
#define SCXX_FRAMEWORK_CHANNEL_CHANNEL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "bpf/wire.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/channel/shared_memory.h"

namespace scxx {

// An event, decoded.
struct ChannelEvent {
  uint64_t time = 0;  // CLOCK_MONOTONIC ns
  uint32_t slot = 0;
  uint32_t enqueue = 0;
  scxx_event_kind kind = SCXX_EVENT_WAKEUP;
};

// A slot's contents, copied while they belonged to the event.
struct TaskSnapshot {
  scxx_task task;
  TaskId id;
};

class Channel {
 public:
  Channel(SharedMemory& memory, const scxx_config& config);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // ---- Events ----

  // Says that everything published so far is about to be read; events that come later will make the
  // kernel run the agent again. Costs what has changed, not the number of CPUs (bpf/changes.h).
  void BeginCycle();

  // Of the 64 CPUs from 64 * word on those of which BPF had said by the last BeginCycle, since the
  // last call, that their owner or the head of their ring may be another. At first all of them.
  uint64_t TakeChanged(uint32_t word);
  // How many words the CPUs have.
  uint32_t words() const { return (config_.online_end + 63) / 64; }

  // Takes events from the rings of all CPUs, ordered by time. As many as `out` holds: there may be
  // more, and the next call begins with another CPU.
  // If there are, BeforePark() sees to it that they are not slept over.
  size_t ReadEvents(absl::Span<ChannelEvent> out);

  // Takes a report of an exited task. False: there is none.
  bool ReadGone(TaskId* out);

  // Copies the slot the event is about. False if the waiting period it announced is over (the task
  // was enqueued again, taken back, or is gone): the event is void then.
  bool ReadTask(const ChannelEvent& event, TaskSnapshot* out) const;

  // The agent still has this waiting period of this task.
  bool IsHeld(TaskId task, uint32_t enqueue) const;

  CpuSet Affinity(uint32_t slot) const;
  bool Allowed(uint32_t slot, CpuId cpu) const;

  // Goes up by one whenever the kernel took tasks back: compare with IsHeld().
  uint64_t epoch() const;

  // To be called right before the agent parks. Events that BeginCycle covered but nobody has read
  // yet would otherwise wait for the next one.
  void BeforePark();
  // The same, whatever has been read.
  void RemindMe();
  // The agent should sleep for an instant this time, and not park: bpf/higher.h.
  bool wants_nap() const;

  // ---- Dispatch ----

  // The ring of CpuId::Any(); a CPU's own is its number.
  uint32_t any_ring() const { return config_.nr_cpus; }
  uint32_t nr_cpus() const { return config_.nr_cpus; }
  uint32_t online_end() const { return config_.online_end; }

  // The CPU that an agent which does not park has to itself, or None().
  CpuId reserved_cpu() const {
    return config_.agent_cpu == 0 ? CpuId::None() : CpuId(static_cast<int>(config_.agent_cpu) - 1);
  }

  // Publishes a record. False: the ring is full.
  bool Place(const scxx_record& record, uint32_t ring);
  uint32_t Waiting(uint32_t ring) const;
  uint64_t Head(uint32_t ring) const;

  // Kicks, sent by BPF when the agent parks. Place what the CPU is to find first.
  void KickIdle(CpuId cpu);
  void Preempt(CpuId cpu);

  bool IsIdle(CpuId cpu) const;  // any thread
  // A higher class keeps the CPU for itself (bpf/higher.h): what is sent there may not run.
  bool IsTaken(CpuId cpu) const;
  // It idles, its ring is empty, and it takes what it finds in others: not the reserved CPU nor one
  // that is taken. A kick for a record that waits elsewhere would be lost on those.
  bool IsFree(CpuId cpu) const;
  // Nothing runs on the other CPUs of its core, or is sent there. `agent_cpu` runs nothing but the
  // agent.
  bool IsAloneOnCore(CpuId cpu, CpuId agent_cpu) const;
  // A free CPU among `allowed`, or None(), and if there is one, alone on its core. `not_this`,
  // which is the agent's, is passed over.
  CpuId FindFree(const CpuSet* allowed, CpuId not_this) const;
  CpuSet IdleCpus() const;
  uint64_t IdleCpus(uint32_t word) const;  // of the 64 from 64 * word on

  // What the kernel last gave this CPU.
  struct Owner {
    int32_t pid = 0;  // 0: nothing, or something the kernel chose
    uint32_t slot = 0;
    uint64_t since = 0;
  };
  Owner CpuOwner(CpuId cpu) const;  // any thread

  // What the kernel is told about the policy's queues; see scxx_agent.
  void SetQueued(uint64_t nr_queued, uint64_t nr_scheduled);
  // When to run the agent although nothing happens; none: never. See bpf/timer.h.
  void SetReview(std::optional<Instant> at);
  // ... and about its keys; see bpf/keys.h.
  void SetWakeupKeys(uint64_t floor, uint64_t margin);
  uint64_t nr_queued() const;
  uint64_t nr_scheduled() const;

  const scxx_task& slot(uint32_t slot) const { return memory_.tasks.at<scxx_task>(slot); }

 private:
  size_t ReadRing(CpuId cpu, absl::Span<ChannelEvent> out);
  CpuId NextUnread() const;
  const uint64_t* AffinityWords(uint32_t slot) const;
  uint64_t FreeCpus(uint32_t word) const;

  scxx_agent& agent() { return memory_.agent.at<scxx_agent>(0); }
  const scxx_global& global() const { return memory_.global.at<scxx_global>(0); }
  const scxx_cpu& cpu_state(uint32_t cpu) const { return memory_.cpus.at<scxx_cpu>(cpu); }

  SharedMemory& memory_;
  const scxx_config config_;
  std::vector<uint64_t> event_heads_;
  std::vector<uint64_t> tails_;  // of the dispatch rings
  uint64_t gone_head_ = 0;
  bool drained_ = true;              // since BeginCycle, the rings were seen empty
  CpuSet changed_;                   // what TakeChanged will say
  CpuSet unread_;                    // the CPUs in whose rings events may be
  CpuId last_read_ = CpuId::None();  // whose ring was read last, so that no CPU is always last
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_CHANNEL_CHANNEL_H_
