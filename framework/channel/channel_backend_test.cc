// SPDX-License-Identifier: Apache-2.0
//
// Everything that the protocol of framework/machine/backend.h can say, out of shared memory.
#include "framework/channel/channel_backend.h"

#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "absl/types/span.h"
#include "bpf/changes.h"
#include "bpf/wire.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/channel/testing/native_memory.h"
#include "framework/machine/backend.h"
#include "framework/topology/topology.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::Field;

constexpr uint32_t kCpus = 4;
constexpr CpuId kOffline(3);
constexpr uint64_t kAllCpus = 0b1111;

CpuSet Online() {
  CpuSet cpus = CpuSet::FirstN(kCpus);
  cpus.Remove(kOffline);
  return cpus;
}

// The agent is on CPU 0.
class TestBackend final : public ChannelBackend {
 public:
  explicit TestBackend(NativeMemory& memory)
      : ChannelBackend(Topology::Synthetic({.cores_per_llc = kCpus}).WithOnline(Online()),
                       memory.shared(), memory.config()) {}

  Instant Now() override { return time; }

  Instant time = Instant(1000);
  std::function<void()> on_yield = [] {};
  bool lost = false;

 private:
  CpuId CurrentCpu() override { return CpuId(0); }
  bool exited() const override { return lost; }
  void Yield() override { on_yield(); }
};

class ChannelBackendTest : public testing::Test {
 protected:
  std::vector<BackendEvent> Poll(size_t most = 16) {
    std::vector<BackendEvent> events(most);
    events.resize(backend_.Poll(absl::MakeSpan(events)).nr_events);
    return events;
  }
  // The slot's task waits for the `enqueue`-th time, which the next Poll reports.
  void Enqueue(uint32_t slot, uint32_t enqueue, scxx_event_kind kind, uint64_t cpus = kAllCpus) {
    memory_.SetAffinity(slot, cpus);
    memory_.Wait(slot, enqueue);
    memory_.PushEvent(0, {.slot = slot, .enqueue = enqueue, .kind = kind});
  }
  TaskId Task(uint32_t slot) { return {.slot = slot, .generation = 1}; }
  DispatchOutcome Dispatch(uint32_t slot, uint32_t enqueue, CpuId cpu = CpuId::Any()) {
    const BackendDispatch dispatch = {
        .decision = {.task = Task(slot), .cpu = cpu, .slice = Millis(1)}, .enqueue = enqueue};
    DispatchOutcome outcome = DispatchOutcome::kAccepted;
    backend_.Dispatch({&dispatch, 1}, {&outcome, 1});
    return outcome;
  }

  NativeMemory memory_{kCpus};
  TestBackend backend_{memory_};
};

TEST_F(ChannelBackendTest, SaysWhyATaskIsRunnable) {
  const struct {
    scxx_event_kind kind;
    RunnableReason reason;
  } kCases[] = {
      {SCXX_EVENT_NEW, RunnableReason::kNew},
      {SCXX_EVENT_WAKEUP, RunnableReason::kWakeup},
      {SCXX_EVENT_SLICE_END, RunnableReason::kSliceEnd},
      {SCXX_EVENT_PREEMPTED, RunnableReason::kPreempted},
      {SCXX_EVENT_YIELD, RunnableReason::kYield},
      {SCXX_EVENT_REQUEUE, RunnableReason::kRequeue},
  };
  uint32_t enqueue = 0;
  for (const auto& c : kCases) {
    Enqueue(2, ++enqueue, c.kind);
    const std::vector<BackendEvent> events = Poll();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::kRunnable);
    EXPECT_EQ(events[0].enqueue, enqueue);
    EXPECT_EQ(events[0].runnable.task, Task(2));
    EXPECT_EQ(events[0].runnable.reason, c.reason);
  }
}

TEST_F(ChannelBackendTest, ATaskSeenForTheFirstTimeIsNew) {
  Enqueue(2, 1, SCXX_EVENT_SLICE_END);
  EXPECT_EQ(Poll()[0].runnable.reason, RunnableReason::kNew);
}

TEST_F(ChannelBackendTest, WithdrawsATaskThatLeftTheClass) {
  memory_.slot(2).custody = custody_make(1, 7, SCXX_CUSTODY_KERNEL);
  memory_.PushEvent(0, {.slot = 2, .enqueue = 7, .kind = SCXX_EVENT_LEFT});
  const std::vector<BackendEvent> events = Poll();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, EventKind::kWithdrawn);
  EXPECT_EQ(events[0].withdrawn, WithdrawnReason::kChanged);
  EXPECT_EQ(events[0].enqueue, 7u);
  EXPECT_EQ(events[0].runnable.task, Task(2));
}

TEST_F(ChannelBackendTest, ReportsAnExit) {
  memory_.PushGone(5, 1);
  const std::vector<BackendEvent> events = Poll();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, EventKind::kGone);
  EXPECT_EQ(events[0].runnable.task, Task(5));
}

TEST_F(ChannelBackendTest, AsksForAResyncOnceAnEpoch) {
  ++memory_.global().epoch;
  EXPECT_THAT(Poll(), ElementsAre(Field(&BackendEvent::kind, EventKind::kResync)));
  EXPECT_THAT(Poll(), ElementsAre());
}

TEST_F(ChannelBackendTest, TellsTheHeldFromTheTaken) {
  memory_.Wait(1, 4);
  memory_.Wait(2, 5);
  memory_.slot(2).custody = custody_make(1, 5, SCXX_CUSTODY_KERNEL);
  const HeldTask tasks[] = {{.task = Task(1), .enqueue = 4}, {.task = Task(2), .enqueue = 5}};
  bool held[2] = {};
  backend_.IsHeld(tasks, absl::MakeSpan(held));
  EXPECT_THAT(held, ElementsAre(true, false));
}

TEST_F(ChannelBackendTest, AnswersEachDecision) {
  Enqueue(1, 1, SCXX_EVENT_NEW, 0b1011);
  Poll();
  EXPECT_EQ(Dispatch(1, 2), DispatchOutcome::kStale);
  EXPECT_EQ(Dispatch(1, 1, CpuId(2)), DispatchOutcome::kNotAllowed);
  EXPECT_EQ(Dispatch(1, 1, kOffline), DispatchOutcome::kOffline);
  EXPECT_EQ(Dispatch(1, 1, CpuId(1)), DispatchOutcome::kAccepted);
  for (uint32_t i = 1; i < SCXX_DISPATCH_RING; ++i) Dispatch(1, 1, CpuId(1));
  EXPECT_EQ(Dispatch(1, 1, CpuId(1)), DispatchOutcome::kQueueFull);
}

TEST_F(ChannelBackendTest, ShowsWhatEachCpuDoes) {
  memory_.SetIdle(1);
  memory_.Run(2, /*slot=*/5, /*pid=*/77, /*since=*/800);
  std::vector<BackendEvent> events(1);
  const Cycle& cycle = backend_.Poll(absl::MakeSpan(events));
  using State = CpuView::State;
  EXPECT_THAT(cycle.cpus, ElementsAre(Field(&CpuView::state, State::kOther),  // the agent
                                      Field(&CpuView::state, State::kIdle),
                                      Field(&CpuView::state, State::kRunning),
                                      Field(&CpuView::state, State::kOffline)));
  EXPECT_EQ(cycle.cpus[2].running.slot, 5u);
  EXPECT_EQ(cycle.cpus[2].since, Instant(800));
}

TEST_F(ChannelBackendTest, TheCpusOfTwoTasksCanBeHeldAtOnce) {
  memory_.SetAffinity(1, 0b0001);
  memory_.SetAffinity(2, 0b1010);
  const Context ctx = {.affinity = &backend_};
  const CpuSet& first = ctx.Allowed(Task(1));
  const CpuSet& second = ctx.Allowed(Task(2));
  EXPECT_THAT(std::vector<CpuId>(first.begin(), first.end()), ElementsAre(CpuId(0)));
  EXPECT_THAT(std::vector<CpuId>(second.begin(), second.end()), ElementsAre(CpuId(1)))
      << "CPU 3 is offline";
}

TEST_F(ChannelBackendTest, SaysWhenThePolicyWantsToBeAskedAgain) {
  uint64_t told = 0;
  backend_.on_yield = [&] { told = memory_.agent().review_at; };
  backend_.Park({.review_at = Instant(7000)});
  EXPECT_EQ(told, 7000u);
  backend_.Park({.review_at = Instant()});
  EXPECT_EQ(told, 1u) << "0 is none";
  backend_.Park({});
  EXPECT_EQ(told, 0u);
}

TEST_F(ChannelBackendTest, RunsUntilTheMachineIsLost) {
  EXPECT_EQ(backend_.Park({.queued = 3}), RunState::kRunning);
  EXPECT_EQ(memory_.agent().nr_queued, 3u);
  backend_.lost = true;
  EXPECT_EQ(backend_.Park({}), RunState::kExited);
}

// ---- A large machine, of which a cycle looks at what has changed ----

class ManyCpusBackend final : public ChannelBackend {
 public:
  explicit ManyCpusBackend(NativeMemory& memory)
      : ChannelBackend(
            Topology::Synthetic({.cores_per_llc = static_cast<int>(memory.config().nr_cpus)}),
            memory.shared(), memory.config()) {}

  CpuId at = CpuId(0);

 private:
  Instant Now() override { return Instant(1000); }
  CpuId CurrentCpu() override { return at; }
  bool exited() const override { return false; }
  void Yield() override {}
};

class ChangesTest : public testing::Test {
 protected:
  static constexpr uint32_t kMany = 130;
  using State = CpuView::State;

  ChangesTest() {
    memory_.Wait(1);
    memory_.slot(1).flags = SCXX_TASK_ALL_CPUS;
    for (scxx_u64* affinity = memory_.affinity(1); uint32_t word : {0u, 1u, 2u}) {
      affinity[word] = ~scxx_u64{0};
    }
  }

  const Cycle& Poll() { return backend_.Poll({}); }
  State StateOf(uint32_t cpu) { return Poll().cpus[cpu].state; }
  void DispatchTo(uint32_t cpu) {
    const BackendDispatch dispatch = {.decision = {.task = {.slot = 1, .generation = 1},
                                                   .cpu = CpuId(static_cast<int>(cpu)),
                                                   .slice = Millis(1)},
                                      .enqueue = 1,
                                      .expected_run = Micros(7)};
    DispatchOutcome outcome = DispatchOutcome::kStale;
    backend_.Dispatch({&dispatch, 1}, {&outcome, 1});
  }

  // What a look at all of them finds.
  void CheckAll() {
    const Cycle& cycle = Poll();
    uint32_t free_cpus = 0;
    for (uint32_t cpu = 0; cpu < kMany; ++cpu) {
      const bool idle = memory_.global().idle_mask[cpu / 64] >> (cpu % 64) & 1;
      const bool agent = backend_.at == CpuId(static_cast<int>(cpu));
      const bool runs = memory_.cpu(cpu).owner_pid != 0 && !agent;
      const uint64_t waiting = memory_.ring(cpu).tail - memory_.cpu(cpu).dispatch_head;
      const bool free = waiting == 0 && (idle || agent);
      ASSERT_EQ(cycle.cpus[cpu].state,
                idle ? State::kIdle : (runs ? State::kRunning : State::kOther))
          << cpu;
      ASSERT_EQ(cycle.rooms[cpu].queued, waiting) << cpu;
      ASSERT_EQ(cycle.rooms[cpu].ahead, Micros(7) * static_cast<int64_t>(waiting)) << cpu;
      ASSERT_EQ(cycle.rooms[cpu].free_cpus, free) << cpu;
      free_cpus += free;
    }
    ASSERT_EQ(cycle.any.free_cpus, free_cpus);
  }

  NativeMemory memory_{kMany};
  ManyCpusBackend backend_{memory_};
};

TEST_F(ChangesTest, LooksAtNoCpuThatHasNotChanged) {
  Poll();
  memory_.cpu(100).owner_pid = 5;
  EXPECT_EQ(StateOf(100), State::kOther) << "nobody has said so";
  memory_.Run(99, 1, 5);
  EXPECT_EQ(StateOf(99), State::kRunning);
  EXPECT_EQ(StateOf(100), State::kOther);
  note_change(&memory_.agent(), 100);
  EXPECT_EQ(StateOf(100), State::kRunning);
}

TEST_F(ChangesTest, SeesItselfComeAndGo) {
  memory_.Run(3, 1, 5);
  EXPECT_EQ(StateOf(3), State::kRunning);
  backend_.at = CpuId(3);
  EXPECT_EQ(StateOf(3), State::kOther);
  backend_.at = CpuId(4);
  EXPECT_EQ(StateOf(3), State::kRunning);
}

TEST_F(ChangesTest, KnowsWhatALookAtAllCpusWouldFind) {
  std::minstd_rand random;
  for (int step = 0; step < 3000; ++step) {
    const uint32_t cpu = random() % kMany;
    scxx_record record;
    switch (random() % 7) {
      case 0:
        memory_.SetIdle(cpu);
        break;
      case 1:
        memory_.SetBusy(cpu);
        break;
      case 2:
        memory_.Run(cpu, 1, static_cast<int32_t>(random() % 2));
        break;
      case 3:
        backend_.at = CpuId(static_cast<int>(cpu));
        break;
      case 4:
        memory_.Take(cpu, &record);
        break;
      default:
        DispatchTo(cpu);
    }
    if (random() % 4 != 0) continue;
    ASSERT_NO_FATAL_FAILURE(CheckAll()) << "step " << step;
  }
}

}  // namespace
}  // namespace scxx
