// SPDX-License-Identifier: Apache-2.0
// The hand-overs that park.h and idle.h prove in their comments, in every order that their accesses
// can interleave: work that was made available is found, whoever parks or goes idle meanwhile. Each
// barrier is also taken away once, to see that the work is then lost.

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#include "gtest/gtest.h"

#include "bpf/testing/port_explored.h"
#include "bpf/testing/test_kernel.h"
#include "framework/base/check.h"

#include "bpf/dispatch.h"

namespace scxx {
namespace {

// CPU 0 runs the agent, which parks while a task waits in its CPU's local DSQ: no ops.dispatch
// there. CPU 1 runs a task that wakes another. CPU 2 idles, or is about to.
constexpr uint32_t kAgentCpu = 0;
constexpr uint32_t kWakerCpu = 1;
constexpr uint32_t kIdleCpu = 2;
// An idle CPU that is kicked this often without finding anything spins, which is not a loss.
constexpr int kMaxKicks = 3;

class Handover : public testing::Test {
 public:
  Handover() : Handover(TestConfig(3, 4)) {}
  explicit Handover(const scxx_config& config)
      : kernel_(config), agent_(kernel_.NewTask({.pid = 1})) {
    woken_ = &kernel_.NewTask({.pid = 10, .cpu = kWakerCpu});
    explorer_.SetReset([this] { RestoreScratch(); });
  }

  // The CPUs' own words are written plainly; every step begins with what they were.
  void SaveScratch() {
    const NativeMap& cpus = kernel_.maps().cpus;
    scratch_.assign(static_cast<char*>(cpus.data()),
                    static_cast<char*>(cpus.data()) + cpus.entries() * cpus.stride());
  }
  void RestoreScratch() { memcpy(kernel_.maps().cpus.data(), scratch_.data(), scratch_.size()); }

  scxx_global& global() { return kernel_.global(); }
  scxx_agent& shared() { return kernel_.agent(); }

  // ---- threads ----

  void AgentLooksAndParks() {
    OnCpu here(kernel_, kAgentCpu);
    AgentLooks();
    AgentParks();
  }

  // Channel::BeginCycle, and ReadEvents as far as the waker's CPU goes.
  void AgentLooks() {
    sx_swap(&shared().pending, 0);
    scxx_u64* const changed = changed_word(&shared(), kWakerCpu);
    const uint64_t bits = sx_read(changed) != 0 ? sx_swap(changed, 0) : 0;
    if ((bits >> kWakerCpu & 1) == 0) return;
    sx_write(&shared().event_head[kWakerCpu], sx_read(&kernel_.cpu(kWakerCpu).event_tail));
  }

  void AgentParks() {
    OnCpu here(kernel_, kAgentCpu);
    ExploredCallback callback(&core_);
    on_yield(&agent_);
    on_enqueue(&agent_, 0);
    callback.Finish();
  }

  void AgentParksWithTasks() {
    OnCpu here(kernel_, kAgentCpu);
    sx_write(&shared().nr_queued, 1);
    AgentParks();
  }

  void AgentIsInterrupted() {
    OnCpu here(kernel_, kAgentCpu);
    ExploredCallback callback(&core_);
    on_enqueue(&agent_, 0);
    callback.Finish();
  }

  // ops.enqueue of a wakeup, as far as the event goes.
  void PublishAnEvent() {
    OnCpu here(kernel_, kWakerCpu);
    ExploredCallback callback(&core_);
    const scene s = SceneOn(kWakerCpu, 1000);
    publish(&s, scxx_slot_kind(0, SCXX_EVENT_WAKEUP), 1);
    wake_agent(&s, woken_, &kernel_.slot(0), /*woken=*/true);
    callback.Finish();
  }

  void PushAnEvent() {
    const scene s = SceneOn(kWakerCpu, 1000);
    event_push(&s.here->event_tail, &shared().event_head[kWakerCpu], kx_events(kWakerCpu),
               cfg.event_mask, scxx_slot_kind(0, SCXX_EVENT_WAKEUP), 1, s.now);
  }
  void PublishAnEventInWrongOrder() {
    OnCpu here(kernel_, kWakerCpu);
    const scene s = SceneOn(kWakerCpu, 1000);
    PushAnEvent();
    agent_remind(&s);
    note_change_after_barrier(&shared(), kWakerCpu);
  }

  // The agent's decision, as Channel::Place and Placement make it, and the park that sends the
  // kick.
  void AgentPlacesARecord() {
    OnCpu here(kernel_, kAgentCpu);
    sx_swap(&kernel_.ring(any_ring()).tail, 1);
    const uint64_t idle = sx_read(&global().idle_mask[0]) & 1u << kIdleCpu;
    if (idle != 0) sx_or(&shared().kick_idle[0], idle);
    AgentParks();
  }

  void AgentParksUntilTheReview() {
    OnCpu here(kernel_, kAgentCpu);
    sx_write(&shared().review_at, review_at());
    AgentParks();
  }

  // The callback of the timer, which sets itself; `looks_again` is T5 of timer.h.
  void TimerRuns(bool looks_again) {
    OnCpu here(kernel_, kIdleCpu);
    ExploredCallback callback(&core_);
    kx_timer_in(timer_run());
    const uint64_t rest = timer_changed();
    if (rest != 0 && looks_again) kx_timer_in(rest);
    callback.Finish();
  }
  void TimerRunsAndLooksAgain() { TimerRuns(true); }
  void TimerRunsOnce() { TimerRuns(false); }

  // A wakeup that may interrupt its CPU, but not yet.
  void WakesSoon() {
    OnCpu here(kernel_, kWakerCpu);
    ExploredCallback callback(&core_);
    const scene s = SceneOn(kWakerCpu, kernel_.now());
    sx_write(&s.here->want_agent, 1);
    interrupt_soon(&s, kWakerCpu, s.here);
    callback.Finish();
  }

  static scene SceneOn(uint32_t cpu, uint64_t now) {
    scene s;
    SCXX_CHECK(scene_begin(&s, cpu, now), "no such CPU");
    return s;
  }
  uint64_t review_at() const { return kernel_.now() + 2 * SCXX_REVIEW_GRAIN; }

  bool Dispatches(uint32_t cpu) {
    ExploredCallback callback(&core_);
    on_dispatch(cpu, nullptr);
    const bool found = callback.Finish();
    return found || Explorer::Read(&kernel_.cpu(any_ring()).dispatch_head) > 0;
  }
  uint32_t any_ring() const { return kernel_.config().nr_cpus; }

  void CpuIdles() {
    OnCpu here(kernel_, kIdleCpu);
    for (int kicks = 0; kicks < kMaxKicks; ++kicks) {
      Explorer::Await(&core_.kicked[kIdleCpu]);
      if (Dispatches(kIdleCpu)) return;
    }
  }

  // Its ops.dispatch has found nothing, whatever happened since.
  void CpuGoesIdle() {
    OnCpu here(kernel_, kIdleCpu);
    ExploredCallback callback(&core_);
    on_update_idle(kIdleCpu, true);
    callback.Finish();
    CpuIdles();
  }

  void CpuFindsNothing() {
    OnCpu here(kernel_, kIdleCpu);
    if (!Dispatches(kIdleCpu)) CpuGoesIdle();
  }

  void StartIdle() { global().idle_mask[0] = 1u << kIdleCpu; }

  // The timer has just gone off: it is about to run, or does.
  void StartTimer() { global().timer_at = kernel_.now() - 1; }

  // ---- outcomes ----

  // The number of ends in which the timer will be later than `at` and has kicked nobody.
  int TimesLate(uint64_t at) {
    SaveScratch();
    int late = 0;
    int ends = 0;
    explorer_.Explore([&](const Explorer& end) {
      ++ends;
      late += end.Final(&core_.timer) > at && end.Final(&core_.kicked[kWakerCpu]) == 0;
    });
    EXPECT_GT(ends, 0);
    return late;
  }

  // The number of ends in which `waits` holds and the idle CPU sleeps on.
  int Losses(const std::function<bool(const Explorer&)>& waits) {
    SaveScratch();
    int losses = 0;
    int ends = 0;
    const size_t states = explorer_.Explore([&](const Explorer& end) {
      ++ends;
      losses += !end.Returned(kIdleThread) && waits(end);
    });
    RecordProperty("states", static_cast<int>(states));
    EXPECT_GT(ends, 0);
    return losses;
  }

  // The agent has not seen the event, and is where only ops.dispatch finds it.
  int LostEvents() {
    return Losses([&](const Explorer& end) {
      return end.Final(&shared().event_head[kWakerCpu]) !=
                 end.Final(&kernel_.cpu(kWakerCpu).event_tail) &&
             end.Final(&core_.length(AGENT_DSQ)) != 0;
    });
  }
  // The number of ends in which an event waits, and nothing will lead a cycle to it.
  int ForgottenEvents() {
    SaveScratch();
    int forgotten = 0;
    int ends = 0;
    explorer_.Explore([&](const Explorer& end) {
      ++ends;
      const bool unread = end.Final(&shared().event_head[kWakerCpu]) !=
                          end.Final(&kernel_.cpu(kWakerCpu).event_tail);
      const bool said = end.Final(changed_word(&shared(), kWakerCpu)) >> kWakerCpu & 1;
      forgotten += unread && !(said && end.Final(&shared().pending) != 0);
    });
    EXPECT_GT(ends, 0);
    return forgotten;
  }
  int LostAgents() {
    return Losses([&](const Explorer& end) { return end.Final(&core_.length(AGENT_DSQ)) != 0; });
  }
  int LostRecords() {
    return Losses([&](const Explorer& end) {
      return end.Final(&kernel_.cpu(any_ring()).dispatch_head) !=
             end.Final(&kernel_.ring(any_ring()).tail);
    });
  }

  void AddThread(void (Handover::*body)()) {
    explorer_.AddThread([this, body] { (this->*body)(); });
  }

  TestKernel kernel_;
  task_struct& agent_;
  task_struct* woken_;
  ExploredCore core_;
  Explorer explorer_;
  static constexpr size_t kIdleThread = 0;
  std::vector<char> scratch_;
};

// ---- an event and the park (park.h) ----

TEST_F(Handover, AnEventIsSeenThoughTheAgentParksBesideAnIdleCpu) {
  StartIdle();
  AddThread(&Handover::CpuIdles);
  AddThread(&Handover::AgentLooksAndParks);
  AddThread(&Handover::PublishAnEvent);
  EXPECT_EQ(LostEvents(), 0);
}

TEST_F(Handover, AnEventIsSeenThoughTheLastCpuGoesIdle) {
  AddThread(&Handover::CpuGoesIdle);
  AddThread(&Handover::AgentLooksAndParks);
  AddThread(&Handover::PublishAnEvent);
  EXPECT_EQ(LostEvents(), 0);
}

// Of an earlier event, which the agent may be about to read: the flag and the bit are left alone.
TEST_F(Handover, AnEventIsSeenThoughTheAgentWasRemindedBefore) {
  StartIdle();
  shared().pending = 1;
  *changed_word(&shared(), kWakerCpu) = 1u << kWakerCpu;
  AddThread(&Handover::CpuIdles);
  AddThread(&Handover::AgentLooksAndParks);
  AddThread(&Handover::PublishAnEvent);
  EXPECT_EQ(LostEvents(), 0);
}

TEST_F(Handover, MutantItIsLostIfTheTailIsNoBarrier) {
  StartIdle();
  shared().pending = 1;
  *changed_word(&shared(), kWakerCpu) = 1u << kWakerCpu;
  explorer_.Weaken(&kernel_.cpu(kWakerCpu).event_tail);
  AddThread(&Handover::CpuIdles);
  AddThread(&Handover::AgentLooksAndParks);
  AddThread(&Handover::PublishAnEvent);
  EXPECT_GT(LostEvents(), 0);
}

// The agent's slice ends before it has parked: some CPU goes on with it.
TEST_F(Handover, AnInterruptedAgentIsFoundThoughTheLastCpuGoesIdle) {
  AddThread(&Handover::CpuGoesIdle);
  AddThread(&Handover::AgentIsInterrupted);
  EXPECT_EQ(LostAgents(), 0);
}

TEST_F(Handover, MutantAnEventIsLostIfPendingIsNoBarrier) {
  StartIdle();
  explorer_.Weaken(&shared().pending);
  AddThread(&Handover::CpuIdles);
  AddThread(&Handover::AgentLooksAndParks);
  AddThread(&Handover::PublishAnEvent);
  EXPECT_GT(LostEvents(), 0);
}

TEST_F(Handover, MutantAnEventIsLostIfParkedIsNoBarrier) {
  StartIdle();
  explorer_.Weaken(&global().parked);
  AddThread(&Handover::CpuIdles);
  AddThread(&Handover::AgentLooksAndParks);
  AddThread(&Handover::PublishAnEvent);
  EXPECT_GT(LostEvents(), 0);
}

// ---- an event and the CPUs that the agent looks at (changes.h) ----

TEST_F(Handover, AnEventIsInThisCycleOrLeadsToAnother) {
  AddThread(&Handover::AgentLooks);
  AddThread(&Handover::PublishAnEvent);
  EXPECT_EQ(ForgottenEvents(), 0);
}

// Of an earlier event, which the agent may be about to read.
TEST_F(Handover, AnEventWhoseBitIsSetAlreadyIsInThisCycleOrLeadsToAnother) {
  *changed_word(&shared(), kWakerCpu) = 1u << kWakerCpu;
  AddThread(&Handover::AgentLooks);
  AddThread(&Handover::PublishAnEvent);
  EXPECT_EQ(ForgottenEvents(), 0);
}

TEST_F(Handover, MutantAnEventIsForgottenIfItsBitComesAfterTheFlag) {
  AddThread(&Handover::AgentLooks);
  AddThread(&Handover::PublishAnEventInWrongOrder);
  EXPECT_GT(ForgottenEvents(), 0);
}

TEST_F(Handover, MutantAnEventIsForgottenIfItsBitIsReadBeforeItIsThere) {
  *changed_word(&shared(), kWakerCpu) = 1u << kWakerCpu;
  explorer_.Weaken(&kernel_.cpu(kWakerCpu).event_tail);
  AddThread(&Handover::AgentLooks);
  AddThread(&Handover::PublishAnEvent);
  EXPECT_GT(ForgottenEvents(), 0);
}

// ---- tasks that the agent holds for want of a free CPU (agent_missed in park.h) ----

TEST_F(Handover, ACpuThatFoundNothingIsOfferedToAnAgentThatHoldsTasks) {
  AddThread(&Handover::CpuFindsNothing);
  AddThread(&Handover::AgentParksWithTasks);
  EXPECT_EQ(LostAgents(), 0);
}

TEST_F(Handover, MutantItIsNotIfHungryIsNoBarrier) {
  explorer_.Weaken(&global().hungry);
  AddThread(&Handover::CpuFindsNothing);
  AddThread(&Handover::AgentParksWithTasks);
  EXPECT_GT(LostAgents(), 0);
}

// ---- who wants the timer sooner, and the timer (timer.h) ----

TEST_F(Handover, TheTimerMindsAReviewThatIsAskedForWhileItRuns) {
  StartTimer();
  AddThread(&Handover::TimerRunsAndLooksAgain);
  AddThread(&Handover::AgentParksUntilTheReview);
  EXPECT_EQ(TimesLate(review_at()), 0);
}

class HandoverToTheTimer : public Handover {
 public:
  HandoverToTheTimer() : Handover(Config()) {}

  // The agent is parked and has an event to look at.
  void StartWithAnEvent() {
    global().parked = global().last_park = global().pending_since = kernel_.now();
    shared().pending = 1;
    kernel_.cpu(kWakerCpu).counters[SCXX_CNT_QUEUED] = 1;
    kernel_.cpu(kWakerCpu).last_dispatch = kernel_.now();
  }

 private:
  static scxx_config Config() {
    scxx_config config = TestConfig(3, 4);
    config.wakeup_preempt = 1;
    return config;
  }
};

TEST_F(HandoverToTheTimer, TheTimerMindsAWakeupWhileItRuns) {
  StartTimer();
  StartWithAnEvent();
  AddThread(&Handover::TimerRunsAndLooksAgain);
  AddThread(&Handover::WakesSoon);
  EXPECT_EQ(TimesLate(kernel_.now() + kernel_.config().preempt_after), 0);
}

TEST_F(Handover, MutantAReviewIsLateIfTheTimerLooksOnce) {
  StartTimer();
  AddThread(&Handover::TimerRunsOnce);
  AddThread(&Handover::AgentParksUntilTheReview);
  EXPECT_GT(TimesLate(review_at()), 0);
}

TEST_F(HandoverToTheTimer, MutantAWakeupIsLateIfTheTimerLooksOnce) {
  StartTimer();
  StartWithAnEvent();
  AddThread(&Handover::TimerRunsOnce);
  AddThread(&Handover::WakesSoon);
  EXPECT_GT(TimesLate(kernel_.now() + kernel_.config().preempt_after), 0);
}

TEST_F(Handover, MutantAReviewIsLateIfTimerAtIsNoBarrier) {
  StartTimer();
  explorer_.Weaken(&global().timer_at);
  AddThread(&Handover::TimerRunsAndLooksAgain);
  AddThread(&Handover::AgentParksUntilTheReview);
  EXPECT_GT(TimesLate(review_at()), 0);
}

// ---- a record and an idle CPU (idle.h) ----

TEST_F(Handover, ARecordIsFoundThoughTheLastCpuGoesIdle) {
  AddThread(&Handover::CpuGoesIdle);
  AddThread(&Handover::AgentPlacesARecord);
  EXPECT_EQ(LostRecords(), 0);
}

TEST_F(Handover, MutantARecordIsLostIfTheIdleMaskIsNoBarrier) {
  explorer_.Weaken(&global().idle_mask[0]);
  AddThread(&Handover::CpuGoesIdle);
  AddThread(&Handover::AgentPlacesARecord);
  EXPECT_GT(LostRecords(), 0);
}

TEST_F(Handover, MutantARecordIsLostIfTheTailIsNoBarrier) {
  explorer_.Weaken(&kernel_.ring(any_ring()).tail);
  AddThread(&Handover::CpuGoesIdle);
  AddThread(&Handover::AgentPlacesARecord);
  EXPECT_GT(LostRecords(), 0);
}

}  // namespace
}  // namespace scxx
