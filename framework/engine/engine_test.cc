// SPDX-License-Identifier: Apache-2.0

#include "framework/engine/engine.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/machine/testing/fake_backend.h"
#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"
#include "framework/stats/figures.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr PolicyLimits kLimits{.max_tasks = 1024, .max_cpus = 2};

constexpr TaskId Task(uint32_t slot, uint32_t generation = 1) {
  return {.slot = slot, .generation = generation};
}

// First in, first out, and a diary of its calls: "+3" runnable, "-3" withdrawn, "x3" gone, "<3"
// refused.
class DiaryPolicy {
 public:
  static constexpr char kName[] = "diary";

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    Note('+', r.task);
    last_runnable = r;
    now = ctx.now;
    queue_.PushBack(r.task);
  }
  void OnWithdrawn(const Context&, const TaskWithdrawn& w) {
    Note('-', w.task);
    withdrawn_reason = w.reason;
    EXPECT_TRUE(queue_.Remove(w.task));
  }
  void OnGone(const Context&, const TaskGone& g) {
    Note('x', g.task);
    queue_.Remove(g.task);
  }
  void OnRefused(const Context&, const TaskRefused& f) {
    Note('<', f.task);
    refused_reason = f.reason;
    queue_.PushFront(f.task);
  }
  void Schedule(const Context& ctx, DispatchSink& sink) {
    if (on_schedule) return on_schedule(ctx, sink);
    while (!hold && !queue_.empty() && !sink.full()) {
      sink.Dispatch({.task = queue_.PopFront(), .slice = Millis(5), .order = Vtime(42)});
    }
  }

  std::string diary;
  bool hold = false;
  std::function<void(const Context&, DispatchSink&)> on_schedule;
  TaskRunnable last_runnable;
  Instant now;
  WithdrawnReason withdrawn_reason = {};
  RefusedReason refused_reason = {};

 private:
  void Note(char what, TaskId task) {
    std::ostringstream out;
    out << what << task.slot;
    if (task.generation != 1) out << '.' << task.generation;
    diary += (diary.empty() ? "" : " ") + out.str();
  }

  TaskList queue_{kLimits};
};

class EngineTest : public testing::Test {
 protected:
  DiaryPolicy& policy() { return engine_.policy(); }
  const std::string& diary() { return policy().diary; }

  std::string Dispatched() const {
    std::string slots;
    for (const BackendDispatch& d : backend_.dispatched()) {
      slots += (slots.empty() ? "" : " ") + std::to_string(d.decision.task.slot);
    }
    return slots;
  }

  FakeBackend backend_{kLimits};
  Engine<DiaryPolicy> engine_{DiaryPolicy(), backend_, {.batch = 8}};
};

TEST_F(EngineTest, CarriesATaskToThePolicyAndBack) {
  backend_.PushRunnable(Task(3), 17, {.ran = Micros(50)});
  backend_.Advance(Micros(4));
  EXPECT_EQ(engine_.RunOnce(), RunState::kRunning);
  EXPECT_EQ(diary(), "+3");
  EXPECT_EQ(policy().last_runnable.ran, Micros(50));
  EXPECT_EQ(policy().now, backend_.Now());
  ASSERT_EQ(backend_.dispatched().size(), 1u);
  const BackendDispatch& d = backend_.dispatched()[0];
  EXPECT_EQ(d.enqueue, 17u);
  EXPECT_EQ(d.expected_run, Micros(50));
  EXPECT_EQ(d.decision.task, Task(3));
  EXPECT_EQ(d.decision.cpu, CpuId::Any());
  EXPECT_EQ(d.decision.slice, Millis(5));
  EXPECT_EQ(d.decision.order, Vtime(42));
  EXPECT_FALSE(d.decision.preempt);
}

TEST_F(EngineTest, CarriesAllOfADecision) {
  policy().on_schedule = [](const Context&, DispatchSink& sink) {
    sink.Dispatch({.task = Task(3),
                   .cpu = CpuId(1),
                   .slice = Millis(5),
                   .preempt = true,
                   .movable = true,
                   .pace = 7,
                   .lead = Millis(2)});
  };
  backend_.PushRunnable(Task(3), 17);
  engine_.RunOnce();
  ASSERT_EQ(backend_.dispatched().size(), 1u);
  const Dispatch& d = backend_.dispatched()[0].decision;
  EXPECT_EQ(d.cpu, CpuId(1));
  EXPECT_TRUE(d.preempt);
  EXPECT_TRUE(d.movable);
  EXPECT_EQ(d.pace, 7u);
  EXPECT_EQ(d.lead, Millis(2));
}

TEST_F(EngineTest, TellsEventsInOrderBeforeItAsks) {
  backend_.PushRunnable(Task(1), 1);
  backend_.PushRunnable(Task(2), 1);
  backend_.PushWithdrawn(Task(1), 1, WithdrawnReason::kChanged);
  backend_.PushRunnable(Task(1), 2);
  engine_.RunOnce();
  EXPECT_EQ(diary(), "+1 +2 -1 +1");
  EXPECT_EQ(policy().withdrawn_reason, WithdrawnReason::kChanged);
  EXPECT_EQ(Dispatched(), "2 1");
}

TEST_F(EngineTest, ParksWithTheNumberOfTasksHeldBack) {
  policy().hold = true;
  backend_.PushRunnable(Task(1), 1);
  backend_.PushRunnable(Task(2), 1);
  engine_.RunOnce();
  ASSERT_EQ(backend_.parks().size(), 1u);
  EXPECT_EQ(backend_.parks()[0].queued, 2u);
  EXPECT_EQ(engine_.stats().queued.value(), 2u);
}

TEST_F(EngineTest, ParksUntilThePolicyWantsToBeAskedAgain) {
  policy().on_schedule = [](const Context&, DispatchSink& sink) { sink.ReviewAt(Instant(42)); };
  engine_.RunOnce();
  policy().on_schedule = [](const Context&, DispatchSink&) {};
  engine_.RunOnce();
  ASSERT_EQ(backend_.parks().size(), 2u);
  EXPECT_EQ(backend_.parks()[0].review_at, Instant(42));
  EXPECT_EQ(backend_.parks()[1].review_at, std::nullopt);
}

TEST_F(EngineTest, DoesNotParkWhileEventsMayRemain) {
  for (uint32_t slot = 0; slot < 9; ++slot) backend_.PushRunnable(Task(slot), 1);
  engine_.RunOnce();
  EXPECT_EQ(backend_.parks().size(), 0u);
  engine_.RunOnce();
  EXPECT_EQ(backend_.parks().size(), 1u);
  EXPECT_EQ(Dispatched(), "0 1 2 3 4 5 6 7 8");
}

TEST_F(EngineTest, DoesNotParkAfterAFullBatchOfDecisions) {
  policy().hold = true;
  for (uint32_t slot = 0; slot < 9; ++slot) backend_.PushRunnable(Task(slot), 1);
  engine_.RunOnce();
  engine_.RunOnce();
  policy().hold = false;
  engine_.RunOnce();
  EXPECT_EQ(backend_.dispatched().size(), 8u);
  EXPECT_EQ(backend_.parks().size(), 1u);
  engine_.RunOnce();
  EXPECT_EQ(backend_.dispatched().size(), 9u);
  EXPECT_EQ(backend_.parks().size(), 2u);
}

TEST_F(EngineTest, ParksWhenEveryDecisionOfAFullBatchWasRefused) {
  policy().hold = true;
  for (uint32_t slot = 0; slot < 9; ++slot) {
    backend_.PushRunnable(Task(slot), 1);
    backend_.Answer(Task(slot), DispatchOutcome::kQueueFull);
  }
  engine_.RunOnce();
  engine_.RunOnce();
  policy().hold = false;
  engine_.RunOnce();
  EXPECT_EQ(backend_.parks().size(), 2u);
}

TEST_F(EngineTest, GivesRefusedTasksBackSoThatTheirOrderIsKept) {
  backend_.set_room({.space = 4, .free_cpus = 4});
  for (uint32_t slot = 1; slot <= 3; ++slot) {
    backend_.PushRunnable(Task(slot), 1);
    backend_.Answer(Task(slot), DispatchOutcome::kQueueFull);
  }
  engine_.RunOnce();
  EXPECT_EQ(diary(), "+1 +2 +3 <3 <2 <1");
  EXPECT_EQ(policy().refused_reason, RefusedReason::kQueueFull);
  engine_.RunOnce();
  EXPECT_EQ(Dispatched(), "1 2 3 1 2 3");
  EXPECT_EQ(backend_.dispatched().back().enqueue, 1u);
}

TEST_F(EngineTest, PassesTheReasonOfARefusalOn) {
  backend_.PushRunnable(Task(1), 1);
  backend_.Answer(Task(1), DispatchOutcome::kNotAllowed);
  engine_.RunOnce();
  EXPECT_EQ(policy().refused_reason, RefusedReason::kNotAllowed);
  backend_.Answer(Task(1), DispatchOutcome::kOffline);
  engine_.RunOnce();
  EXPECT_EQ(policy().refused_reason, RefusedReason::kOffline);
}

TEST_F(EngineTest, GivesBackWhatIsRefused) {
  backend_.PushRunnable(Task(1), 1);
  backend_.Answer(Task(1), DispatchOutcome::kOffline);
  engine_.RunOnce();
  engine_.RunOnce();
  EXPECT_EQ(diary(), "+1 <1");
  EXPECT_EQ(Dispatched(), "1 1");
}

TEST_F(EngineTest, IsSilentAboutAStaleDispatch) {
  backend_.PushRunnable(Task(1), 1);
  backend_.Answer(Task(1), DispatchOutcome::kStale);
  engine_.RunOnce();
  backend_.PushWithdrawn(Task(1), 1);
  backend_.PushRunnable(Task(1), 2);
  engine_.RunOnce();
  EXPECT_EQ(diary(), "+1 +1");
  EXPECT_EQ(engine_.stats().stale.value(), 1u);
}

TEST_F(EngineTest, SuppliesTheEndOfCustodyThatItMissed) {
  policy().hold = true;
  backend_.PushRunnable(Task(1), 1);
  backend_.PushRunnable(Task(1), 2);
  engine_.RunOnce();
  EXPECT_EQ(diary(), "+1 -1 +1");
}

TEST_F(EngineTest, SuppliesTheExitThatItMissed) {
  policy().hold = true;
  backend_.PushRunnable(Task(1, 1), 1);
  backend_.PushRunnable(Task(1, 2), 1);
  backend_.PushGone(Task(1, 1));
  engine_.RunOnce();
  EXPECT_EQ(diary(), "+1 x1 +1.2");
}

TEST_F(EngineTest, TellsOfExitsOnlyOfTasksThatThePolicyKnows) {
  backend_.PushGone(Task(1));
  backend_.PushRunnable(Task(2), 1);
  engine_.RunOnce();
  backend_.PushGone(Task(2));
  engine_.RunOnce();
  EXPECT_EQ(diary(), "+2 x2");
}

TEST_F(EngineTest, VerifiesAllTasksAfterAResync) {
  policy().hold = true;
  for (uint32_t slot = 0; slot < 20; ++slot) backend_.PushRunnable(Task(slot), 1);
  for (int i = 0; i < 3; ++i) engine_.RunOnce();
  policy().diary.clear();
  backend_.Take(Task(2));
  backend_.Take(Task(19));
  backend_.PushResync();
  engine_.RunOnce();
  EXPECT_EQ(diary(), "-2 -19");
  EXPECT_EQ(policy().withdrawn_reason, WithdrawnReason::kTaken);
  EXPECT_EQ(backend_.parks().back().queued, 18u);
}

TEST_F(EngineTest, LooksAheadByTimeNotByTasks) {
  backend_.set_room({.space = 100});
  // Tasks 0..9 usually run 100 us, tasks 10..19 for 4 ms.
  for (uint32_t slot = 0; slot < 20; ++slot) {
    backend_.PushRunnable(Task(slot), 1, {.ran = slot < 10 ? Micros(100) : Millis(4)});
  }
  for (int i = 0; i < 3; ++i) engine_.RunOnce();
  EXPECT_EQ(Dispatched(), "0 1 2 3 4 5 6 7 8");  // three a cycle
  engine_.RunOnce();
  engine_.RunOnce();
  EXPECT_EQ(Dispatched(), "0 1 2 3 4 5 6 7 8 9 10 11");  // 9 and 10, then one hog a cycle
}

TEST_F(EngineTest, ShowsThePolicyTheMachine) {
  policy().on_schedule = [&](const Context& ctx, DispatchSink&) {
    EXPECT_EQ(ctx.cpus.size(), 2u);
    EXPECT_EQ(ctx.topology, &backend_.topology());
    EXPECT_EQ(ctx.Allowed(Task(0)).size(), 2);
  };
  engine_.RunOnce();
}

TEST_F(EngineTest, MeasuresLatencyFromTheEnqueue) {
  backend_.PushRunnable(Task(1), 1);
  backend_.Advance(Millis(1));
  engine_.RunOnce();
  EXPECT_GE(engine_.stats().seen.Read().Percentile(100), Millis(1));
  EXPECT_EQ(engine_.stats().decided.Read().count(), 1u);
}

TEST_F(EngineTest, PublishesItsCounters) {
  backend_.PushRunnable(Task(1), 1);
  backend_.PushRunnable(Task(1), 1);
  engine_.RunOnce();
  std::string text;
  const Readings readings = engine_.stats().Read();
  for (const auto& [figure, value] : readings.numbers()) {
    if (value != 0) text += std::string(figure.name) + "=" + std::to_string(value) + " ";
  }
  EXPECT_EQ(text,
            "engine_cycles=1 engine_parks=1 engine_events=2 engine_dropped_events=1 "
            "engine_decisions=1 ");
}

TEST_F(EngineTest, RunsUntilTheMachineIsLost) {
  std::atomic<bool> stop = false;
  backend_.Exit();
  EXPECT_EQ(engine_.Run(stop), RunState::kExited);
  EXPECT_EQ(backend_.polls(), 1);
}

TEST_F(EngineTest, RunsUntilItIsStopped) {
  std::atomic<bool> stop = false;
  policy().on_schedule = [&](const Context&, DispatchSink&) { stop = backend_.polls() == 5; };
  EXPECT_EQ(engine_.Run(stop), RunState::kRunning);
  EXPECT_EQ(backend_.polls(), 5);
}

using EngineDeathTest = EngineTest;

TEST_F(EngineDeathTest, CatchesAPolicyThatDispatchesATaskTwice) {
  policy().on_schedule = [](const Context&, DispatchSink& sink) {
    for (int i = 0; i < 2; ++i) sink.Dispatch({.task = Task(1), .slice = Millis(1)});
  };
  backend_.PushRunnable(Task(1), 1);
  EXPECT_DEATH(engine_.RunOnce(), "does not hold");
}

TEST_F(EngineDeathTest, CatchesAPolicyThatDispatchesATaskThatWasWithdrawn) {
  policy().on_schedule = [](const Context&, DispatchSink& sink) {
    sink.Dispatch({.task = Task(1), .slice = Millis(1)});
  };
  backend_.PushRunnable(Task(1), 1);
  backend_.PushWithdrawn(Task(1), 1);
  EXPECT_DEATH(engine_.RunOnce(), "does not hold");
}

TEST_F(EngineDeathTest, CatchesAPolicyThatOverfillsTheSink) {
  backend_.set_room({.space = 1});
  policy().on_schedule = [](const Context&, DispatchSink& sink) {
    for (uint32_t slot = 0; slot < 2; ++slot) {
      sink.Dispatch({.task = Task(slot), .slice = Millis(1)});
    }
  };
  for (uint32_t slot = 0; slot < 2; ++slot) backend_.PushRunnable(Task(slot), 1);
  EXPECT_DEATH(engine_.RunOnce(), "full sink");
}

}  // namespace
}  // namespace scxx
