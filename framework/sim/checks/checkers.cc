// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/checks/checkers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bpf/custody.h"
#include "bpf/wire.h"
#include "framework/stats/format.h"

namespace scxx::sim {
namespace {

// Waits and idle times are long, and what nothing has touched seldom changes.
constexpr Nanos kSweepEvery = Millis(1);
// A task of a higher class keeps a CPU that it has used for so long without a break. (Its deadline
// server is no break, as the task is still there.)
constexpr Nanos kKeeps = Millis(100);

}  // namespace

void Checkers::Fail(absl::string_view checker, absl::string_view what, const task_struct* p) {
  std::string text = absl::StrCat(std::string(checker), ": ", std::string(what));
  if (p != nullptr) absl::StrAppend(&text, ", task", p->index, " (", p->comm, ")");
  computer_.End(text);
}

void Checkers::AfterEvent() {
  Core& core = computer_.core();
  if (stood_ != computer_.stood()) ForgiveStandstill();
  if (core.bypassing()) bypassed_ = computer_.now();
  if (attachments_ != computer_.attachments()) return StartAnew();
  if (computer_.now() >= next_sweep_) return Sweep();
  for (const int cpu : core.touched().cpus) CheckCpu(cpu);
  for (const uint32_t task : core.touched().tasks) CheckTask(computer_.population().task(task));
  if (core.attached()) CheckBalance();
}

void Checkers::ForgiveStandstill() {
  const Nanos time = computer_.stood() - std::exchange(stood_, computer_.stood());
  for (Busy& busy : busy_) {
    if (busy.last != Instant()) busy.last += time;
  }
  shares_.Forget();
}

// Another attachment has other slots and counters.
void Checkers::StartAnew() {
  attachments_ = computer_.attachments();
  in_custody_ = balance_ = 0;
  std::fill(words_.begin(), words_.end(), 0);
  std::fill(taken_.begin(), taken_.end(), 0);
  std::fill(balances_.begin(), balances_.end(), 0);
  slots_.clear();
  shares_.Forget();
  Sweep();
}

void Checkers::Sweep() {
  next_sweep_ = computer_.now() + kSweepEvery;
  waiting_.clear();
  for (int cpu = 0; cpu < computer_.core().nr_cpus(); ++cpu) CheckCpu(cpu);
  for (uint32_t i = 0; i < computer_.population().size(); ++i) {
    const Population::Task& task = computer_.population().task(i);
    CheckTask(task);
    if (task.kernel.on_rq && !task.kernel.running && !IsHigher(task.kernel)) {
      waiting_.push_back(&task.kernel);
    }
  }
  if (computer_.core().attached()) CheckBalance();
  CheckTimes();
}

// ---- where tasks are ----

void Checkers::CheckCpu(int cpu) {
  Core& core = computer_.core();
  const task_struct* const p = core.curr(cpu);
  Busy& busy = busy_[cpu];
  const bool was_busy =
      std::exchange(busy.now, core.in_higher_class(cpu) || (p != nullptr && p->index != 0));
  if (was_busy || busy.now || !core.IsOnline(cpu) || busy.last == Instant()) {
    busy.last = computer_.now();
  }
  NoteHigher(cpu);
  if (core.attached()) {
    CheckMask(cpu);
    CountBalance(cpu);
    if (bounds_.sane_agent) CheckRing(cpu);
  }
  if (p == nullptr) return;
  if (!p->running || p->cpu != cpu) Fail("place", "a task runs on two CPUs", p);
  if (!p->MayUse(cpu)) {
    Fail("affinity", absl::StrCat("runs on CPU ", cpu, ", which it may not use"), p);
  }
  if (!core.IsOnline(cpu)) Fail("affinity", "runs on a CPU that is offline", p);
}

void Checkers::CheckTask(const Population::Task& task) {
  const task_struct& p = task.kernel;
  if (!task.exited) CheckPlace(p);
  if (computer_.core().attached()) CheckCustody(p);
}

void Checkers::CheckPlace(const task_struct& p) {
  const bool with_bpf = p.ops_state == task_struct::OpsState::kQueued;
  const int places = p.running + (p.dsq != nullptr) + with_bpf;
  if (places != (p.on_rq ? 1 : 0)) {
    Fail("place", absl::StrCat("in ", places, " places, ", p.on_rq ? "runnable" : "asleep"), &p);
  }
  if (p.running && computer_.core().curr(p.cpu) != &p) Fail("place", "runs on no CPU", &p);
}

// The core has given the task to BPF, in no DSQ, if and only if its word says user custody.
void Checkers::CheckCustody(const task_struct& p) {
  if (slots_.size() <= p.index) slots_.resize(computer_.population().size(), -1);
  const int former = std::exchange(slots_[p.index], p.slot);
  if (former >= 0 && former != p.slot) CountSlot(former, 0);
  const bool with_bpf = p.ops_state == task_struct::OpsState::kQueued;
  if (p.slot < 0) {
    if (with_bpf) Fail("lost", "with BPF, and has no slot", &p);
    return;
  }
  const uint64_t word = computer_.dispatcher_state().maps().tasks.Find<scxx_task>(p.slot)->custody;
  const bool user = custody_state(word) == SCXX_CUSTODY_USER;
  if (user && computer_.core().bypassing()) taken_[p.slot] = word;
  if (user && !with_bpf && taken_[p.slot] != word) {
    Fail("lost", "its word says user custody, and it does not wait", &p);
  }
  if (!user && with_bpf) Fail("lost", "waits with BPF, and its word does not say so", &p);
  if (bounds_.sane_agent) CheckRecord(p, words_[p.slot], word);
  CountSlot(p.slot, word);
}

void Checkers::CountSlot(uint32_t slot, uint64_t word) {
  const uint64_t before = std::exchange(words_[slot], word);
  in_custody_ +=
      (custody_state(word) == SCXX_CUSTODY_USER) - (custody_state(before) == SCXX_CUSTODY_USER);
}

void Checkers::CheckRecord(const task_struct& p, uint64_t before, uint64_t word) {
  const bool decided = custody_state(before) == SCXX_CUSTODY_USER &&
                       word == custody_with_state(before, SCXX_CUSTODY_DISPATCHED);
  if (decided && computer_.LastDecision(p.slot) != custody_count(word)) {
    Fail("record", "dispatched by a decision for another wait", &p);
  }
}

// ---- the dispatcher's books ----

void Checkers::CheckMask(int cpu) {
  const scxx_global& global = computer_.dispatcher_state().global();
  const bool idle = (global.idle_mask[cpu / 64] >> (cpu % 64) & 1) != 0;
  const bool told = bypassed_ == Instant() || computer_.now() - bypassed_ > bounds_.max_stale;
  if (idle && told && computer_.core().curr(cpu) != nullptr) {
    Fail("mask", absl::StrCat("CPU ", cpu, " runs, and counts as idle"));
  }
}

void Checkers::CountBalance(int cpu) {
  const scxx_u64* const counters =
      computer_.dispatcher_state().maps().cpus.Find<scxx_cpu>(cpu)->counters;
  const auto balance = static_cast<int64_t>(
      counters[SCXX_CNT_QUEUED] - counters[SCXX_CNT_DISPATCHED] - counters[SCXX_CNT_CANCELLED] -
      counters[SCXX_CNT_RECLAIMED] - counters[SCXX_CNT_GONE]);
  balance_ += balance - std::exchange(balances_[cpu], balance);
}

void Checkers::CheckBalance() {
  if (balance_ != in_custody_) {
    Fail("balance", absl::StrCat("the counters are off by ", balance_ - in_custody_));
  }
}

void Checkers::CheckRing(int cpu) {
  const NativeMaps& maps = computer_.dispatcher_state().maps();
  const uint64_t unread =
      maps.cpus.Find<scxx_cpu>(cpu)->event_tail - maps.agent.Find<scxx_agent>(0)->event_head[cpu];
  if (unread > computer_.dispatcher_state().config().event_mask + 1) {
    Fail("rings", absl::StrCat("event ring ", cpu, " holds ", unread, " events"));
  }
}

// ---- times ----

void Checkers::CheckTimes() {
  CheckWaits();
  CheckIdle();
  if (!computer_.core().attached()) return;
  if (const std::optional<std::string> unfair = shares_.Look(bounds_.fair)) Fail("fair", *unfair);
}

void Checkers::NoteHigher(int cpu) {
  Kept& kept = kept_[cpu];
  if (!computer_.core().HasHigher(cpu)) kept.free = computer_.now();
  if (computer_.now() - kept.free > kKeeps) kept.until = computer_.now();
}

Nanos Checkers::WaitedForFree(const task_struct& p) const {
  Nanos longest;
  for (const CpuId cpu : p.cpus_ptr->cpus & computer_.core().online()) {
    const Instant since = std::max(Instant(p.runnable_at), kept_[cpu.value()].until);
    longest = std::max(longest, computer_.now() - since);
  }
  return longest;
}

void Checkers::CheckWaits() {
  for (const task_struct* p : waiting_) CheckWait(*p);
}

void Checkers::CheckWait(const task_struct& p) {
  const Nanos timeout = computer_.watchdog_timeout();
  const Nanos waited = computer_.now() - Instant(p.runnable_at);
  longest_wait_ = std::max(longest_wait_, waited);
  if (waited <= std::min(bounds_.max_wait, timeout / 4)) return;
  const std::string what = absl::StrCat("has waited for ", FormatNanos(waited));
  if (waited > bounds_.max_wait) return Fail("wait", what, &p);
  if (waited > timeout / 2) return Fail("headroom", what, &p);
  if (WaitedForFree(p) > timeout / 4) Fail("bounded", what, &p);
}

void Checkers::CheckIdle() {
  for (int cpu = 0; cpu < computer_.core().nr_cpus(); ++cpu) {
    if (busy_[cpu].now || computer_.now() - busy_[cpu].last <= bounds_.max_idle) continue;
    for (const task_struct* p : waiting_) {
      if (p->index == 0 || !p->MayUse(cpu)) continue;
      const Nanos both =
          std::min(computer_.now() - busy_[cpu].last, computer_.now() - Instant(p->runnable_at));
      if (both <= bounds_.max_idle) continue;
      return Fail("idle", absl::StrCat("CPU ", cpu, " idles for ", FormatNanos(both), " beside it"),
                  p);
    }
  }
}

}  // namespace scxx::sim
