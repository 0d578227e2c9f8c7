// SPDX-License-Identifier: Apache-2.0
#include "framework/channel/channel.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "bpf/custody.h"
#include "bpf/rings.h"
#include "framework/base/check.h"

namespace scxx {
namespace {

constexpr uint32_t kSlotMask = SCXX_MAX_SLOTS - 1;

template <typename T>
T Acquire(const T& word) {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

ChannelEvent Decode(const scxx_event& event) {
  return {.time = event.time,
          .slot = event.slot_kind & kSlotMask,
          .enqueue = event.enq_cnt,
          .kind = static_cast<scxx_event_kind>(event.slot_kind >> 24)};
}

void SetBit(scxx_u64* words, CpuId cpu) {
  __atomic_fetch_or(&words[cpu.value() / 64], scxx_u64{1} << (cpu.value() % 64), __ATOMIC_SEQ_CST);
}

}  // namespace

Channel::Channel(SharedMemory& memory, const scxx_config& config)
    : memory_(memory),
      config_(config),
      event_heads_(config.nr_cpus),
      tails_(config.nr_cpus + 1),
      changed_(CpuSet::FirstN(static_cast<int>(config.online_end))),
      unread_(changed_) {
  SCXX_CHECK_LE(config.nr_cpus, SCXX_MAX_CPUS, "the wire format has room for no more CPUs");
  for (uint32_t ring = 0; ring <= config.nr_cpus; ++ring) {
    tails_[ring] = memory_.dispatch.at<scxx_dispatch_ring>(ring).tail;
  }
}

// A1 and A2 of bpf/park.h: an exchange is a full barrier, so a publisher that this read of the
// rings misses finds the flag cleared and sets it again. Then V1 of bpf/changes.h.
void Channel::BeginCycle() {
  __atomic_exchange_n(&agent().pending, 0, __ATOMIC_SEQ_CST);
  drained_ = false;
  for (uint32_t i = 0; i < words(); ++i) {
    scxx_u64& word = agent().changed[i][0];
    if (Acquire(word) == 0) continue;
    const uint64_t bits = __atomic_exchange_n(&word, 0, __ATOMIC_SEQ_CST);
    changed_.set_word(i, changed_.word(i) | bits);
    unread_.set_word(i, unread_.word(i) | bits);
  }
}

uint64_t Channel::TakeChanged(uint32_t word) {
  const uint64_t changed = changed_.word(word);
  changed_.set_word(word, 0);
  return changed;
}

void Channel::BeforePark() {
  if (!drained_) RemindMe();
}

void Channel::RemindMe() { __atomic_exchange_n(&agent().pending, 1, __ATOMIC_SEQ_CST); }

size_t Channel::ReadEvents(absl::Span<ChannelEvent> out) {
  size_t n = 0;
  size_t rings = 0;
  for (CpuId cpu; n < out.size() && (cpu = NextUnread()).IsCpu(); last_read_ = cpu) {
    const size_t read = ReadRing(cpu, out.subspan(n));
    rings += read > 0;
    n += read;
  }
  drained_ |= n < out.size();
  if (rings > 1) {
    std::sort(out.begin(), out.begin() + n, [](const ChannelEvent& a, const ChannelEvent& b) {
      return static_cast<int64_t>(a.time - b.time) < 0;
    });
  }
  return n;
}

// The next one after the last, which may be the same again.
CpuId Channel::NextUnread() const {
  const uint32_t next = last_read_.IsCpu() ? static_cast<uint32_t>(last_read_.value()) + 1 : 0;
  const uint32_t start = next < config_.online_end ? next : 0;
  uint32_t word = start / 64;
  uint64_t rest = unread_.word(word) & ~uint64_t{0} << (start % 64);
  for (uint32_t looked = 0; rest == 0; rest = unread_.word(word)) {
    if (looked++ == words()) return CpuId::None();
    if (++word == words()) word = 0;
  }
  return CpuId(static_cast<int>(word * 64) + std::countr_zero(rest));
}

size_t Channel::ReadRing(CpuId cpu, absl::Span<ChannelEvent> out) {
  const uint64_t tail = Acquire(cpu_state(cpu.value()).event_tail);
  uint64_t& head = event_heads_[cpu.value()];
  const scxx_event* ring = &memory_.events.at<scxx_event>(cpu.value());
  size_t n = 0;
  for (; head != tail && n < out.size(); ++head) out[n++] = Decode(ring[head & config_.event_mask]);
  if (n > 0) __atomic_store_n(&agent().event_head[cpu.value()], head, __ATOMIC_RELEASE);
  if (head == tail) unread_.Remove(cpu);
  return n;
}

bool Channel::ReadGone(TaskId* out) {
  const scxx_gone& gone =
      memory_.gone.at<scxx_gone_ring>(0).entries[gone_head_ & (SCXX_GONE_RING - 1)];
  if (Acquire(gone.turn) != gone_head_ + 1) return false;
  *out = {.slot = gone.slot, .generation = gone.generation};
  ++gone_head_;
  __atomic_store_n(&agent().gone_head, gone_head_, __ATOMIC_RELEASE);
  return true;
}

// The kernel writes a slot before it sets the custody word for the waiting period, and not again
// before it has ended that, so a copy between two equal words is whole.
bool Channel::ReadTask(const ChannelEvent& event, TaskSnapshot* out) const {
  if (event.slot >= config_.max_tasks) return false;
  const scxx_task& task = slot(event.slot);
  const uint64_t before = Acquire(task.custody);
  if (!custody_is_user(before, event.enqueue)) return false;
  memcpy(&out->task, &task, sizeof(task));
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  if (__atomic_load_n(&task.custody, __ATOMIC_RELAXED) != before) return false;
  out->id = {.slot = event.slot, .generation = custody_generation(before)};
  return true;
}

bool Channel::IsHeld(TaskId task, uint32_t enqueue) const {
  const uint64_t word = Acquire(slot(task.slot).custody);
  return custody_is_user(word, enqueue) && custody_generation(word) == task.generation;
}

const uint64_t* Channel::AffinityWords(uint32_t slot) const {
  return reinterpret_cast<const uint64_t*>(&memory_.affinity.at<uint64_t>(slot));
}

CpuSet Channel::Affinity(uint32_t slot) const {
  CpuSet set;
  const uint64_t* words = AffinityWords(slot);
  for (uint32_t i = 0; i < (config_.nr_cpus + 63) / 64; ++i) set.set_word(i, Acquire(words[i]));
  return set;
}

bool Channel::Allowed(uint32_t slot, CpuId cpu) const {
  return Acquire(AffinityWords(slot)[cpu.value() / 64]) >> (cpu.value() % 64) & 1;
}

uint64_t Channel::epoch() const { return Acquire(global().epoch); }

bool Channel::wants_nap() const { return Acquire(global().nap) != 0; }

bool Channel::Place(const scxx_record& record, uint32_t ring) {
  scxx_dispatch_ring& target = memory_.dispatch.at<scxx_dispatch_ring>(ring);
  uint64_t& tail = tails_[ring];
  if (tail - Head(ring) >= SCXX_DISPATCH_RING) return false;
  record_store(&target.records[tail & (SCXX_DISPATCH_RING - 1)], &record);
  ++tail;
  // A full barrier: the caller looks at the idle mask next (W2 of bpf/idle.h).
  __atomic_exchange_n(&target.tail, tail, __ATOMIC_SEQ_CST);
  return true;
}

uint64_t Channel::Head(uint32_t ring) const { return Acquire(cpu_state(ring).dispatch_head); }

uint32_t Channel::Waiting(uint32_t ring) const {
  return static_cast<uint32_t>(tails_[ring] - Head(ring));
}

void Channel::KickIdle(CpuId cpu) { SetBit(agent().kick_idle, cpu); }
void Channel::Preempt(CpuId cpu) { SetBit(agent().kick_preempt, cpu); }

bool Channel::IsTaken(CpuId cpu) const {
  return Acquire(global().taken) != 0 &&
         Acquire(global().taken_mask[cpu.value() / 64]) >> (cpu.value() % 64) & 1;
}

bool Channel::IsIdle(CpuId cpu) const {
  return IdleCpus(cpu.value() / 64) >> (cpu.value() % 64) & 1;
}

uint64_t Channel::IdleCpus(uint32_t word) const { return Acquire(global().idle_mask[word]); }

CpuSet Channel::IdleCpus() const {
  CpuSet set;
  for (uint32_t i = 0; i < words(); ++i) set.set_word(i, IdleCpus(i));
  return set;
}

// Of the 64 CPUs of a word those that idle and take what they find anywhere.
uint64_t Channel::FreeCpus(uint32_t word) const {
  uint64_t idle = IdleCpus(word);
  if (Acquire(global().taken) != 0) idle &= ~Acquire(global().taken_mask[word]);
  const CpuId reserved = reserved_cpu();
  if (reserved.IsCpu() && static_cast<uint32_t>(reserved.value()) / 64 == word) {
    idle &= ~(uint64_t{1} << (reserved.value() % 64));
  }
  return idle;
}

bool Channel::IsFree(CpuId cpu) const {
  return (FreeCpus(cpu.value() / 64) >> (cpu.value() % 64) & 1) != 0 && Waiting(cpu.value()) == 0;
}

bool Channel::IsAloneOnCore(CpuId cpu, CpuId agent_cpu) const {
  if (config_.smt == 0) return true;
  for (CpuId other(config_.sibling[cpu.value()]); other != cpu;
       other = CpuId(config_.sibling[other.value()])) {
    if ((!IsIdle(other) && other != agent_cpu) || Waiting(other.value()) != 0) return false;
  }
  return true;
}

CpuId Channel::FindFree(const CpuSet* allowed, CpuId not_this) const {
  CpuId any = CpuId::None();
  for (uint32_t i = 0; i < words(); ++i) {
    uint64_t word = FreeCpus(i);
    if (allowed != nullptr) word &= allowed->word(i);
    for (; word != 0; word &= word - 1) {
      const CpuId cpu(static_cast<int>(i * 64) + std::countr_zero(word));
      if (cpu == not_this || Waiting(cpu.value()) != 0) continue;
      if (IsAloneOnCore(cpu, not_this)) return cpu;
      if (!any.IsCpu()) any = cpu;
    }
  }
  return any;
}

Channel::Owner Channel::CpuOwner(CpuId cpu) const {
  const scxx_cpu& state = cpu_state(cpu.value());
  return {.pid = Acquire(state.owner_pid),
          .slot = Acquire(state.owner_slot),
          .since = Acquire(state.owner_since)};
}

void Channel::SetQueued(uint64_t nr_queued, uint64_t nr_scheduled) {
  __atomic_store_n(&agent().nr_queued, nr_queued, __ATOMIC_RELEASE);
  __atomic_store_n(&agent().nr_scheduled, nr_scheduled, __ATOMIC_RELEASE);
}

void Channel::SetReview(std::optional<Instant> at) {
  const uint64_t word = at.has_value() ? std::max<int64_t>(at->nanos(), 1) : 0;
  __atomic_store_n(&agent().review_at, word, __ATOMIC_RELEASE);
}

void Channel::SetWakeupKeys(uint64_t floor, uint64_t margin) {
  __atomic_store_n(&agent().wake_floor, floor, __ATOMIC_RELAXED);
  __atomic_store_n(&agent().wake_margin, margin, __ATOMIC_RELAXED);
}

uint64_t Channel::nr_queued() const { return Acquire(memory_.agent.at<scxx_agent>(0).nr_queued); }

uint64_t Channel::nr_scheduled() const {
  return Acquire(memory_.agent.at<scxx_agent>(0).nr_scheduled);
}

}  // namespace scxx
