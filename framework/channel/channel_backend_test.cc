// SPDX-License-Identifier: Apache-2.0
//
// Everything that the protocol of framework/machine/backend.h can say, out of shared memory.
#include "framework/channel/channel_backend.h"

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/types/span.h"
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
  memory_.cpu(2).owner_pid = 77;
  memory_.cpu(2).owner_slot = 5;
  memory_.cpu(2).owner_since = 800;
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

}  // namespace
}  // namespace scxx
