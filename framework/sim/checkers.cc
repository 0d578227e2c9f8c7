// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/checkers.h"

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

// Waits and idle times are long: looked at now and then.
constexpr Nanos kTimesEvery = Millis(1);

}  // namespace

void Checkers::Fail(std::string_view checker, std::string_view what, const task_struct* p) {
  std::string text = absl::StrCat(std::string(checker), ": ", std::string(what));
  if (p != nullptr) absl::StrAppend(&text, ", task", p->index, " (", p->comm, ")");
  machine_.End(text);
}

void Checkers::AfterEvent() {
  in_custody_ = 0;
  waiting_.clear();
  CheckCpus();
  for (uint32_t i = 0; i < machine_.population().size(); ++i) {
    const Population::Task& task = machine_.population().task(i);
    if (!task.exited) CheckTask(task);
  }
  if (machine_.core().attached()) {
    CheckMask();
    CheckBalance();
    if (bounds_.sane_agent) CheckRings();
  }
  if (machine_.now() < next_times_) return;
  next_times_ = machine_.now() + kTimesEvery;
  CheckTimes();
}

// ---- where tasks are ----

void Checkers::CheckCpus() {
  Core& core = machine_.core();
  for (int cpu = 0; cpu < core.nr_cpus(); ++cpu) {
    const task_struct* const p = core.curr(cpu);
    Busy& busy = busy_[cpu];
    const bool was_busy =
        std::exchange(busy.now, core.in_higher_class(cpu) || (p != nullptr && p->index != 0));
    if (was_busy || busy.now || !core.IsOnline(cpu) || busy.last == Instant())
      busy.last = machine_.now();
    if (p == nullptr) continue;
    if (!p->running || p->cpu != cpu) Fail("place", "a task runs on two CPUs", p);
    if (!p->Allowed(cpu) && p->migration_disabled == 0) {
      Fail("affinity", absl::StrCat("runs on CPU ", cpu, ", which it may not use"), p);
    }
  }
}

void Checkers::CheckTask(const Population::Task& task) {
  const task_struct& p = task.kernel;
  CheckPlace(p);
  if (machine_.core().attached()) CheckCustody(p);
  if (p.on_rq && !p.running) waiting_.push_back(&p);
}

void Checkers::CheckPlace(const task_struct& p) {
  const bool with_bpf = p.ops_state == task_struct::OpsState::kQueued;
  const int places = p.running + (p.dsq != nullptr) + with_bpf;
  if (places != (p.on_rq ? 1 : 0)) {
    Fail("place", absl::StrCat("in ", places, " places, ", p.on_rq ? "runnable" : "asleep"), &p);
  }
  if (p.running && machine_.core().curr(p.cpu) != &p) Fail("place", "runs on no CPU", &p);
}

// The core has given the task to BPF, in no DSQ, if and only if its word says user custody.
void Checkers::CheckCustody(const task_struct& p) {
  const bool with_bpf = p.ops_state == task_struct::OpsState::kQueued;
  if (p.slot < 0) {
    if (with_bpf) Fail("lost", "with BPF, and has no slot", &p);
    return;
  }
  const uint64_t word = machine_.dispatcher_state().maps().tasks.Find<scxx_task>(p.slot)->custody;
  const bool user = custody_state(word) == SCXX_CUSTODY_USER;
  in_custody_ += user;
  if (user && !with_bpf) Fail("lost", "its word says user custody, and it does not wait", &p);
  if (!user && with_bpf) Fail("lost", "waits with BPF, and its word does not say so", &p);
  if (bounds_.sane_agent) CheckRecord(p, word);
}

void Checkers::CheckRecord(const task_struct& p, uint64_t word) {
  const uint64_t before = std::exchange(words_[p.slot], word);
  const bool decided = custody_state(before) == SCXX_CUSTODY_USER &&
                       word == custody_with_state(before, SCXX_CUSTODY_DISPATCHED);
  if (decided && machine_.LastDecision(p.slot) != custody_count(word)) {
    Fail("record", "dispatched by a decision for another wait", &p);
  }
}

// ---- the dispatcher's books ----

void Checkers::CheckMask() {
  const scxx_global& global = machine_.dispatcher_state().global();
  for (int cpu = 0; cpu < machine_.core().nr_cpus(); ++cpu) {
    const bool idle = (global.idle_mask[cpu / 64] >> (cpu % 64) & 1) != 0;
    if (idle && machine_.core().curr(cpu) != nullptr) {
      Fail("mask", absl::StrCat("CPU ", cpu, " runs, and counts as idle"));
    }
  }
}

void Checkers::CheckBalance() {
  int64_t balance = -static_cast<int64_t>(in_custody_);
  for (int i = 0; i < machine_.core().nr_cpus(); ++i) {
    const scxx_cpu& cpu = *machine_.dispatcher_state().maps().cpus.Find<scxx_cpu>(i);
    balance +=
        static_cast<int64_t>(cpu.counters[SCXX_CNT_QUEUED] - cpu.counters[SCXX_CNT_DISPATCHED] -
                             cpu.counters[SCXX_CNT_CANCELLED] - cpu.counters[SCXX_CNT_RECLAIMED] -
                             cpu.counters[SCXX_CNT_GONE]);
  }
  if (balance != 0) Fail("balance", absl::StrCat("the counters are off by ", balance));
}

void Checkers::CheckRings() {
  const NativeMaps& maps = machine_.dispatcher_state().maps();
  const scxx_agent& agent = *maps.agent.Find<scxx_agent>(0);
  for (int i = 0; i < machine_.core().nr_cpus(); ++i) {
    const uint64_t unread = maps.cpus.Find<scxx_cpu>(i)->event_tail - agent.event_head[i];
    if (unread > machine_.dispatcher_state().config().event_mask + 1) {
      Fail("rings", absl::StrCat("event ring ", i, " holds ", unread, " events"));
    }
  }
}

// ---- times ----

void Checkers::CheckTimes() {
  CheckWaits();
  CheckIdle();
  if (!machine_.core().attached()) return;
  if (const std::optional<std::string> unfair = shares_.Look(bounds_.fair)) Fail("fair", *unfair);
}

void Checkers::CheckWaits() {
  const Nanos headroom = machine_.watchdog_timeout() / 2;
  for (const task_struct* p : waiting_) {
    const Nanos waited = machine_.now() - Instant(p->runnable_at);
    longest_wait_ = std::max(longest_wait_, waited);
    if (waited <= std::min(bounds_.max_wait, headroom)) continue;
    return Fail(waited > bounds_.max_wait ? "wait" : "headroom",
                absl::StrCat("has waited for ", FormatNanos(waited)), p);
  }
}

void Checkers::CheckIdle() {
  for (int cpu = 0; cpu < machine_.core().nr_cpus(); ++cpu) {
    if (busy_[cpu].now || !machine_.core().IsOnline(cpu)) continue;
    for (const task_struct* p : waiting_) {
      if (p->index == 0 || !p->Allowed(cpu)) continue;
      const Nanos both =
          std::min(machine_.now() - busy_[cpu].last, machine_.now() - Instant(p->runnable_at));
      if (both <= bounds_.max_idle) continue;
      return Fail("idle", absl::StrCat("CPU ", cpu, " idles for ", FormatNanos(both), " beside it"),
                  p);
    }
  }
}

}  // namespace scxx::sim
