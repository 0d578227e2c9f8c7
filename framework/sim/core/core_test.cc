// SPDX-License-Identifier: Apache-2.0
//
// Reference traces: which callbacks a kernel makes, in which order, on which CPU. Worked out from
// the kernel's source; a model of sched_ext must reproduce them.
#include "framework/sim/core/core.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "absl/strings/str_cat.h"

namespace scxx::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t kUserDsq = 7;
constexpr uint64_t kSlice = 10'000'000;

// What a test says a scheduler does; by default it keeps every task and dispatches none.
class ScriptedOps final : public SchedExtOps {
 public:
  Flags flags() const override { return flags_; }
  int SelectCpu(task_struct& p, int prev_cpu, uint64_t) override {
    return select_cpu ? select_cpu(p) : prev_cpu;
  }
  void Enqueue(task_struct& p, uint64_t) override {
    if (enqueue) enqueue(p);
  }
  void Dispatch(int cpu, task_struct* prev) override {
    if (dispatch) dispatch(cpu, prev);
  }

  Flags flags_;
  std::function<int(task_struct&)> select_cpu;
  std::function<void(task_struct&)> enqueue;
  std::function<void(int, task_struct*)> dispatch;
};

class CoreTest : public testing::Test, public CoreClient {
 protected:
  static constexpr int kCpus = 4;

  CoreTest() { Start({}); }

  void Start(const SchedExtOps::Flags& flags, KernelModel model = KernelModel::k7_3) {
    core = std::make_unique<Core>(topology, CoreCosts(), queue, trace, *this, model);
    ops.flags_ = flags;
    trace.SetSink([this](const TraceRecord& record) { Log(record); });
    core->CreateDsq(kUserDsq);
    core->Attach(ops, {});
    Settle();
    log.clear();
  }

  void OnRunning(task_struct&, int) override {}
  void OnStopping(task_struct&, int) override {}

  // "1 running A": the executing CPU, the callback, its task, and its value where that matters.
  void Log(const TraceRecord& r) {
    std::string text = absl::StrCat(r.cpu, " ", std::string(NameOf(r.kind)));
    if (r.task != kNoTask)
      absl::StrAppend(&text, " ", std::string(1, static_cast<char>('A' + r.task)));
    switch (r.kind) {
      case TraceKind::kSelectCpu:
      case TraceKind::kUpdateIdle:
      case TraceKind::kStopping:
        absl::StrAppend(&text, " ", r.value);
        break;
      case TraceKind::kDequeue:
      case TraceKind::kQuiescent:
        absl::StrAppend(&text, r.value == kDequeueSchedChange ? " change"
                               : r.value == kDequeueSleep     ? " sleep"
                                                              : "");
        break;
      default:
        break;
    }
    log.push_back(text);
  }

  // Kicks and reschedules, until there are none on their way; ticks do not come.
  void Settle() {
    while (!queue.empty() && queue.next_time() < queue.now() + Micros(100)) {
      core->Deliver(queue.Pop());
    }
  }
  // ... until `time` from now, with ticks.
  void Advance(Nanos time) {
    const Instant until = queue.now() + time;
    while (!queue.empty() && queue.next_time() <= until) core->Deliver(queue.Pop());
  }

  task_struct& NewTask() {
    tasks.push_back(std::make_unique<task_struct>());
    task_struct& p = *tasks.back();
    p.index = static_cast<uint32_t>(tasks.size() - 1);
    p.pid = 100 + static_cast<int>(p.index);
    p.allowed.cpus = CpuSet::FirstN(kCpus);
    return p;
  }
  // A new task that runs on `cpu`, with slice left.
  task_struct& Running(int cpu) {
    task_struct& p = NewTask();
    const auto select = ops.select_cpu;
    ops.select_cpu = [&, cpu](task_struct& t) {
      core->Insert(&t, SCX_DSQ_LOCAL, kSlice, 0, {});
      return cpu;
    };
    core->Fork(p, 0);
    Settle();
    EXPECT_EQ(core->curr(cpu), &p);
    ops.select_cpu = select;
    log.clear();
    return p;
  }
  // A new task that sleeps; it ran last on `cpu`.
  task_struct& Sleeping(int cpu) {
    task_struct& p = Running(cpu);
    core->Block(cpu);
    Settle();
    log.clear();
    return p;
  }
  // A new task that waits in user custody on `cpu`, busy or not.
  task_struct& Waiting(int cpu) {
    task_struct& p = NewTask();
    ops.select_cpu = [cpu](task_struct&) { return cpu; };
    core->Fork(p, 0);
    ops.select_cpu = nullptr;
    Settle();
    EXPECT_TRUE(p.in_custody);
    log.clear();
    return p;
  }
  // Dispatches `p` once, to where the test says.
  void DispatchOnce(task_struct& p, uint64_t dsq = SCX_DSQ_LOCAL) {
    ops.dispatch = [this, &p, dsq, done = false](int, task_struct*) mutable {
      if (!std::exchange(done, true)) core->Insert(&p, dsq, kSlice, 0, {});
    };
  }

  const Topology topology = Topology::Synthetic({.cores_per_llc = kCpus});
  EventQueue queue;
  Trace trace;
  ScriptedOps ops;
  std::vector<std::unique_ptr<task_struct>> tasks;
  std::unique_ptr<Core> core;
  std::vector<std::string> log;
};

TEST_F(CoreTest, T1WakeupOfATaskForAnIdleCpuThatTheSchedulerKeeps) {
  task_struct& a = Sleeping(1);
  DispatchOnce(a);
  core->Wake(a, 0);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 select_cpu A 1", "0 runnable A", "0 enqueue A", "1 dispatch",
                               "1 dequeue A", "1 update_idle 0", "1 running A"));
}

TEST_F(CoreTest, T2AnIdleCpuThatFindsNothingStaysIdleWithoutAWord) {
  task_struct& a = Sleeping(1);
  core->Wake(a, 0);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 select_cpu A 1", "0 runnable A", "0 enqueue A", "1 dispatch"));
  Advance(Millis(50));
  EXPECT_EQ(core->curr(1), nullptr);
}

TEST_F(CoreTest, T3ABusyTargetIsNotRescheduled) {
  task_struct& a = Sleeping(1);
  Running(1);
  core->Wake(a, 0);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 select_cpu A 1", "0 runnable A", "0 enqueue A"));
}

TEST_F(CoreTest, T4DirectDispatchFromSelectCpuSkipsEnqueueAndDispatch) {
  task_struct& a = Sleeping(1);
  ops.select_cpu = [&](task_struct& p) {
    core->Insert(&p, SCX_DSQ_LOCAL, kSlice, 0, {});
    return 2;
  };
  core->Wake(a, 0);
  Settle();
  EXPECT_THAT(log,
              ElementsAre("0 select_cpu A 2", "0 runnable A", "2 update_idle 0", "2 running A"));
}

TEST_F(CoreTest, T5TwoDirectDispatchesToOneCpuQueueUp) {
  task_struct& a = Sleeping(1);
  task_struct& b = Sleeping(1);
  ops.select_cpu = [&](task_struct& p) {
    core->Insert(&p, SCX_DSQ_LOCAL, kSlice, 0, {});
    return 1;
  };
  core->Wake(a, 0);
  core->Wake(b, 0);
  Settle();
  EXPECT_EQ(core->curr(1), &a);
  EXPECT_EQ(core->local(1).front(), &b);
}

TEST_F(CoreTest, T6SliceEndWithOtherWork) {
  task_struct& a = Running(1);
  task_struct& b = Waiting(1);
  ops.dispatch = [&](int, task_struct* prev) {
    if (prev == &a) core->Insert(&b, SCX_DSQ_LOCAL, kSlice, 0, {});
  };
  Advance(Millis(15));
  EXPECT_THAT(log, ElementsAre("1 dispatch A", "1 dequeue B", "1 stopping A 1", "1 enqueue A",
                               "1 running B"));
}

TEST_F(CoreTest, T7SliceEndWithNothingElseKeepsTheTaskWithoutCallbacks) {
  task_struct& a = Running(1);
  Advance(Millis(15));
  EXPECT_THAT(log, ElementsAre("1 dispatch A"));
  EXPECT_EQ(core->curr(1), &a);
  EXPECT_GT(a.scx.slice, kSlice);
}

TEST_F(CoreTest, T8ASliceRenewedInDispatchKeepsTheTask) {
  task_struct& a = Running(1);
  task_struct& b = Waiting(1);
  ops.dispatch = [&](int, task_struct* prev) {
    if (prev != &a) return;
    core->Insert(&b, SCX_DSQ_LOCAL, kSlice, 0, {});
    a.scx.slice = kSlice;
  };
  Advance(Millis(15));
  EXPECT_THAT(log, ElementsAre("1 dispatch A", "1 dequeue B"));
  EXPECT_EQ(core->curr(1), &a);
  EXPECT_EQ(core->local(1).front(), &b);
}

TEST_F(CoreTest, T9SliceEndWithEnqLastGoesIdle) {
  Start({.enq_last = true});
  task_struct& a = Running(1);
  Advance(Millis(15));
  EXPECT_THAT(log, ElementsAre("1 dispatch A", "1 stopping A 1", "1 enqueue A", "1 update_idle 1"));
  EXPECT_TRUE(a.in_custody);
}

TEST_F(CoreTest, T10BlockStopsBeforeThePick) {
  task_struct& a = Running(1);
  core->Block(1);
  EXPECT_THAT(
      log, ElementsAre("1 stopping A 0", "1 quiescent A sleep", "1 dispatch A", "1 update_idle 1"));
  EXPECT_FALSE(a.on_rq);
}

TEST_F(CoreTest, T11AHigherClassPutsATaskWithSliceAtTheHeadOfItsCpusQueue) {
  task_struct& a = Running(1);
  core->StartHigherClass(1);
  EXPECT_THAT(log, ElementsAre("1 stopping A 1"));
  EXPECT_EQ(core->local(1).front(), &a);
  EXPECT_FALSE(a.in_custody);
  log.clear();
  core->EndHigherClass(1);
  EXPECT_THAT(log, ElementsAre("1 running A"));
}

TEST_F(CoreTest, T11AKickOfACpuInAHigherClassIsDropped) {
  core->StartHigherClass(1);
  log.clear();
  core->Kick(1, SCX_KICK_PREEMPT);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 kick"));
}

TEST_F(CoreTest, T12AHigherClassAndNoSliceLeftEnqueuesTheTask) {
  task_struct& a = Running(1);
  a.scx.slice = 0;
  core->StartHigherClass(1);
  EXPECT_THAT(log, ElementsAre("1 stopping A 1", "1 enqueue A"));
  EXPECT_TRUE(a.in_custody);
  DispatchOnce(a);
  core->Kick(2, SCX_KICK_IDLE);
  Settle();
  EXPECT_EQ(core->curr(2), &a);
}

TEST_F(CoreTest, T13KickPreemptEndsTheSlice) {
  task_struct& a = Running(1);
  task_struct& b = Waiting(1);
  DispatchOnce(b);
  core->Kick(1, SCX_KICK_PREEMPT);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 kick", "1 dispatch A", "1 dequeue B", "1 stopping A 1",
                               "1 enqueue A", "1 running B"));
  EXPECT_TRUE(a.in_custody);
}

TEST_F(CoreTest, T14APlainKickOfABusyCpuCallsNothing) {
  Running(1);
  core->Kick(1, 0);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 kick"));
}

TEST_F(CoreTest, T15NiceOfAWaitingTask) {
  task_struct& a = Waiting(1);
  core->SetNice(a, 5, 0);
  EXPECT_THAT(log, ElementsAre("0 dequeue A change", "0 quiescent A change", "0 set_weight A",
                               "0 runnable A", "0 enqueue A"));
}

TEST_F(CoreTest, T15AnInsertFromBeforeTheChangeIsDropped) {
  task_struct& a = Waiting(1);
  ops.dispatch = [&](int, task_struct*) {
    core->Insert(&a, SCX_DSQ_LOCAL, kSlice, 0, {});
    core->SetNice(a, 5, 0);
    ops.dispatch = nullptr;
  };
  core->Kick(1, SCX_KICK_IDLE);
  Settle();
  EXPECT_EQ(core->curr(1), nullptr);
  EXPECT_TRUE(a.in_custody);
}

TEST_F(CoreTest, T16NiceOfARunningTask) {
  task_struct& a = Running(1);
  core->SetNice(a, 5, 0);
  EXPECT_THAT(log, ElementsAre("0 stopping A 0", "0 quiescent A change", "0 set_weight A",
                               "0 runnable A", "0 running A"));
}

TEST_F(CoreTest, T17AffinityThatExcludesAWaitingTasksCpu) {
  task_struct& a = Waiting(1);
  core->SetAllowed(a, CpuSet::Only(CpuId(2)), 0);
  EXPECT_THAT(log, ElementsAre("0 dequeue A change", "0 quiescent A change", "0 set_cpumask A",
                               "0 runnable A", "0 enqueue A", "0 dequeue A change", "0 enqueue A"));
  EXPECT_EQ(a.cpu, 2);
  log.clear();
  Settle();
  EXPECT_THAT(log, ElementsAre("2 dispatch"));
}

TEST_F(CoreTest, T18AnInsertToAnotherCpusLocalDsq) {
  task_struct& a = Waiting(1);
  DispatchOnce(a, SCX_DSQ_LOCAL_ON | 3);
  core->Kick(2, SCX_KICK_IDLE);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 kick", "2 dispatch", "2 dequeue A", "2 dispatch",
                               "3 update_idle 0", "3 running A"));
}

TEST_F(CoreTest, T19OfTwoInsertsOfOneTaskOneWins) {
  task_struct& a = Waiting(1);
  // Without an end, the loser would go on for ever, 32 dispatches at a time.
  ops.dispatch = [&, left = 2](int, task_struct*) mutable {
    if (left-- > 0) core->Insert(&a, SCX_DSQ_LOCAL, kSlice, 0, {});
  };
  core->Kick(2, SCX_KICK_IDLE);
  Settle();
  core->Kick(3, SCX_KICK_IDLE);
  Settle();
  EXPECT_EQ(core->curr(2), &a);
  EXPECT_EQ(core->curr(3), nullptr);
  EXPECT_EQ(std::count(log.begin(), log.end(), "2 dequeue A"), 1);
  EXPECT_EQ(std::count(log.begin(), log.end(), "3 dequeue A"), 0);
  EXPECT_EQ(std::count(log.begin(), log.end(), "3 dispatch"), 2);
}

TEST_F(CoreTest, T20AUserDsqKeepsTheTaskInCustodyUntilItIsMoved) {
  task_struct& a = Sleeping(1);
  Running(1);
  ops.enqueue = [&](task_struct& p) { core->Insert(&p, kUserDsq, kSlice, 0, {}); };
  ops.dispatch = [&](int, task_struct*) { core->MoveToLocal(kUserDsq); };
  core->Wake(a, 0);
  Settle();
  EXPECT_TRUE(a.in_custody);
  log.clear();
  core->Kick(2, SCX_KICK_IDLE);
  Settle();
  EXPECT_THAT(log,
              ElementsAre("0 kick", "2 dispatch", "2 dequeue A", "2 update_idle 0", "2 running A"));
}

TEST_F(CoreTest, T21Fork) {
  task_struct& a = NewTask();
  core->Fork(a, 0);
  EXPECT_THAT(log, ElementsAre("0 init_task A", "0 enable A", "0 set_weight A", "0 select_cpu A 0",
                               "0 runnable A", "0 enqueue A"));
  log.clear();
  Settle();
  EXPECT_THAT(log, ElementsAre("0 dispatch"));
}

TEST_F(CoreTest, T22AYieldWithNoOtherWorkKeepsTheTask) {
  task_struct& a = Running(1);
  core->Yield(1);
  EXPECT_THAT(log, ElementsAre("1 yield A", "1 dispatch A"));
  EXPECT_EQ(core->curr(1), &a);
}

TEST_F(CoreTest, T23KickIdleOfAnIdleCpuDispatchesOnce) {
  core->Kick(3, SCX_KICK_IDLE);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 kick", "3 dispatch"));
}

TEST_F(CoreTest, T24AnInsertWhereTheTaskMayNotRunEjects) {
  task_struct& a = Waiting(1);
  a.allowed.cpus.Remove(CpuId(3));
  DispatchOnce(a, SCX_DSQ_LOCAL_ON | 3);
  core->Kick(2, SCX_KICK_IDLE);
  Settle();
  EXPECT_EQ(core->error(), "an insert to a CPU that the task may not use");
}

TEST_F(CoreTest, T25ATaskThatIsNeverDispatchedEjects) {
  Start({.timeout = Seconds(5)});
  Waiting(1);
  Running(2);  // so that there are ticks, and time passes
  Advance(Seconds(4));
  core->CheckWatchdog();
  EXPECT_EQ(core->error(), "");
  Advance(Seconds(2));
  core->CheckWatchdog();
  EXPECT_EQ(core->error(), "runnable task stall");
}

TEST_F(CoreTest, T26ExecCallsNothing) {
  task_struct& a = Running(1);
  core->Exec(1);
  EXPECT_THAT(log, IsEmpty());
  EXPECT_EQ(a.cpu, 1);
}

TEST_F(CoreTest, T27AWakeupOfARunnableTaskDoesNothing) {
  task_struct& a = Running(1);
  task_struct& b = Waiting(2);
  core->Wake(a, 0);
  core->Wake(b, 0);
  EXPECT_THAT(log, IsEmpty());
}

// ---- Statement S14: Linux 6.12 ----

TEST_F(CoreTest, T28NiceOfAWaitingTaskOn612) {
  Start({}, KernelModel::k6_12);
  task_struct& a = Waiting(1);
  core->SetNice(a, 5, 0);
  EXPECT_THAT(log, ElementsAre("0 dequeue A", "0 quiescent A", "0 set_weight A", "0 runnable A",
                               "0 enqueue A"));
}

TEST_F(CoreTest, T28KickPreemptOn612) {
  Start({}, KernelModel::k6_12);
  Running(1);
  task_struct& b = Waiting(1);
  DispatchOnce(b);
  core->Kick(1, SCX_KICK_PREEMPT);
  Settle();
  EXPECT_THAT(
      log, ElementsAre("0 kick", "1 dispatch A", "1 stopping A 1", "1 enqueue A", "1 running B"));
}

TEST_F(CoreTest, T28AnInsertToAnotherCpuOn612) {
  Start({}, KernelModel::k6_12);
  task_struct& a = Waiting(1);
  DispatchOnce(a, SCX_DSQ_LOCAL_ON | 3);
  core->Kick(2, SCX_KICK_IDLE);
  Settle();
  EXPECT_THAT(log,
              ElementsAre("0 kick", "2 dispatch", "2 dispatch", "3 update_idle 0", "3 running A"));
}

TEST_F(CoreTest, T28AUserDsqOn612) {
  Start({}, KernelModel::k6_12);
  ops.enqueue = [&](task_struct& p) { core->Insert(&p, kUserDsq, kSlice, 0, {}); };
  Waiting(1);
  ops.dispatch = [&](int, task_struct*) { core->MoveToLocal(kUserDsq); };
  core->Kick(2, SCX_KICK_IDLE);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 kick", "2 dispatch", "2 update_idle 0", "2 running A"));
}

TEST_F(CoreTest, T28AHigherClassAndNoSliceLeftDispatchesFirstOn612) {
  Start({}, KernelModel::k6_12);
  task_struct& a = Running(1);
  a.scx.slice = 0;
  core->StartHigherClass(1);
  EXPECT_THAT(log, ElementsAre("1 dispatch A", "1 stopping A 1", "1 enqueue A"));
}

// ---- suspend, cgroups, hotplug ----

TEST_F(CoreTest, T29SuspendTakesWaitingTasksBackUntilResume) {
  task_struct& a = Waiting(1);
  Running(2);
  core->Suspend();
  EXPECT_THAT(log, ElementsAre("0 dequeue A change", "0 quiescent A change", "0 runnable A"));
  log.clear();
  Advance(Millis(50));
  EXPECT_EQ(std::count(log.begin(), log.end(), "1 dispatch"), 0);
  EXPECT_EQ(std::count(log.begin(), log.end(), "2 enqueue B"), 0);
  EXPECT_TRUE(a.running) << "the core schedules by itself";
  // What waits at the resume is enqueued.
  task_struct& c = NewTask();
  core->Fork(c, 1);
  log.clear();
  core->Resume();
  EXPECT_THAT(log, ElementsAre("0 quiescent C change", "0 runnable C", "0 enqueue C"));
}

// Statement S19: its affinity changes by itself, and ops.enqueue does not see it.
TEST_F(CoreTest, ATaskThatSwitchesOutWithMigrationDisabledIsForItsCpuAlone) {
  task_struct& a = Running(1);
  task_struct& b = Waiting(1);
  core->DisableMigration(1);
  EXPECT_TRUE(a.MayUse(2));
  ops.dispatch = [&](int, task_struct* prev) {
    if (prev == &a) core->Insert(&b, SCX_DSQ_LOCAL, kSlice, 0, {});
  };
  Advance(Millis(15));
  EXPECT_THAT(log, ElementsAre("1 stopping A 0", "1 quiescent A change", "1 set_cpumask A",
                               "1 runnable A", "1 running A", "1 dispatch A", "1 dequeue B",
                               "1 stopping A 1", "1 running B"));
  EXPECT_EQ(core->local(1).front(), &a);
  EXPECT_FALSE(a.MayUse(2));
  core->Block(1);
  EXPECT_EQ(core->curr(1), &a);
  log.clear();
  core->EnableMigration(1);
  EXPECT_THAT(log, ElementsAre("1 stopping A 0", "1 quiescent A change", "1 set_cpumask A",
                               "1 runnable A", "1 running A"));
  EXPECT_TRUE(a.MayUse(2));
}

// Statements S1 and S19.
TEST_F(CoreTest, ATaskThatSleptWithMigrationDisabledWakesOnItsCpuWithoutTheScheduler) {
  task_struct& a = Running(1);
  core->DisableMigration(1);
  core->Block(1);
  Settle();
  log.clear();
  core->Wake(a, 0);
  Settle();
  EXPECT_THAT(log, ElementsAre("0 runnable A", "1 update_idle 0", "1 running A"));
}

// Statements S13 and S19.
TEST_F(CoreTest, AnInsertElsewhereOfATaskWithMigrationDisabledEjects) {
  Start({.enq_last = true, .enq_migration_disabled = true});
  task_struct& a = Running(1);
  core->DisableMigration(1);
  Advance(Millis(15));
  ASSERT_TRUE(a.in_custody);
  ops.dispatch = [&, done = false](int cpu, task_struct*) mutable {
    if (cpu == 2 && !std::exchange(done, true)) core->Insert(&a, SCX_DSQ_LOCAL, kSlice, 0, {});
  };
  core->Kick(2, SCX_KICK_IDLE);
  Settle();
  EXPECT_EQ(core->error(), "an insert to a CPU that the task may not use");
}

TEST_F(CoreTest, WhileAllCpusStandNobodyRuns) {
  task_struct& a = Running(1);
  Advance(Millis(1));
  core->Charge(1);
  const scxx_u64 ran = a.se.sum_exec_runtime, left = a.scx.slice;
  core->StopCpus(Millis(50));
  core->Charge(1);
  EXPECT_EQ(a.se.sum_exec_runtime, ran);
  EXPECT_EQ(a.scx.slice, left);
  Advance(Millis(10));
  core->Charge(1);
  EXPECT_GT(a.se.sum_exec_runtime, ran);
  EXPECT_LE(a.se.sum_exec_runtime, ran + static_cast<scxx_u64>(Millis(10).count()));
}

TEST_F(CoreTest, ACgroupMoveOfAWaitingTaskEnqueuesItAgainAndWakesItsIdleCpu) {
  task_struct& a = Waiting(1);
  core->MoveCgroup(a, 7, 0);
  EXPECT_THAT(log, ElementsAre("0 dequeue A change", "0 quiescent A change", "0 cgroup_move A",
                               "0 runnable A", "0 enqueue A"));
  log.clear();
  Settle();
  EXPECT_THAT(log, ElementsAre("1 dispatch"));
}

TEST_F(CoreTest, ACpuThatGoesOfflineDetachesAndItsTaskGoesOnElsewhere) {
  task_struct& a = Running(1);
  core->SetOnline(1, false);
  EXPECT_FALSE(core->attached());
  EXPECT_EQ(core->curr(1), nullptr);
  Settle();
  EXPECT_TRUE(a.running);
  EXPECT_NE(a.cpu, 1);
  log.clear();
  core->CreateDsq(kUserDsq);
  core->Attach(ops, {&a});
  Settle();
  EXPECT_EQ(std::count(log.begin(), log.end(), "1 dispatch"), 0) << "it is offline";
  EXPECT_EQ(std::count(log.begin(), log.end(), "3 dispatch"), 1);
}

TEST_F(CoreTest, AClockNeverGoesBack) {
  core->SetClockOffset(1, Micros(50));
  EXPECT_EQ(core->ClockOf(1), core->now() + Micros(50));
  core->SetClockOffset(1, -Micros(50));
  EXPECT_EQ(core->ClockOf(1), core->now() + Micros(50));
  EXPECT_EQ(core->ClockOf(2), core->now());
}

// ---- classes above sched_ext ----

class CoreHigherTest : public CoreTest {
 protected:
  // A new task of SCHED_FIFO for these CPUs.
  task_struct& Realtime(const CpuSet& allowed) {
    task_struct& p = NewTask();
    p.policy = kSchedFifo;
    p.allowed.cpus = allowed;
    core->Fork(p, 0);
    return p;
  }
  // A new task that waits for CPU 1, of which it is.
  task_struct& WaitingFor1() {
    task_struct& p = Waiting(1);
    p.allowed.cpus = CpuSet::Only(CpuId(1));
    return p;
  }
  void DispatchAlways(task_struct& p) {
    ops.dispatch = [this, &p](int cpu, task_struct*) {
      if (cpu == 1 && p.in_custody) core->Insert(&p, SCX_DSQ_LOCAL, kSlice, 0, {});
    };
  }
  Nanos CpuTimeOf(const task_struct& p) { return core->CpuTime(p); }
};

TEST_F(CoreHigherTest, T30ATaskOfAHigherClassIsMadeKnownAndNotScheduled) {
  task_struct& a = Realtime(CpuSet::Only(CpuId(1)));
  EXPECT_EQ(core->curr(1), &a);
  EXPECT_TRUE(core->in_higher_class(1));
  core->Block(1);
  Settle();
  core->Wake(a, 0);
  core->Exit(1);
  Settle();
  EXPECT_THAT(log,
              ElementsAre("0 init_task A", "1 update_idle 0", "1 dispatch", "1 update_idle 1",
                          "1 update_idle 0", "1 dispatch", "1 update_idle 1", "1 exit_task A"));
}

TEST_F(CoreHigherTest, T31ItStopsWhatRunsAndGivesTheCpuBack) {
  task_struct& a = Running(1);
  task_struct& b = Realtime(CpuSet::Only(CpuId(1)));
  EXPECT_EQ(core->curr(1), &b);
  EXPECT_EQ(core->local(1).front(), &a);
  core->Block(1);
  EXPECT_THAT(log, ElementsAre("0 init_task B", "1 stopping A 1", "1 running A"));
}

TEST_F(CoreHigherTest, T32TwoOfThemTakeTwoCpusOrTakeTurns) {
  task_struct& a = Realtime(CpuSet::Only(CpuId(1)));
  task_struct& b = Realtime(CpuSet::FirstN(kCpus));
  task_struct& c = Realtime(CpuSet::Only(CpuId(1)));
  EXPECT_EQ(core->curr(1), &a);
  EXPECT_EQ(core->curr(0), &b);
  core->Yield(1);
  EXPECT_EQ(core->curr(1), &c);
  core->SetAllowed(c, CpuSet::Only(CpuId(2)), 0);
  EXPECT_EQ(core->curr(1), &a);
  EXPECT_EQ(core->curr(2), &c);
}

TEST_F(CoreHigherTest, T33TheServerGivesATaskBesideAHogATwentieth) {
  task_struct& a = WaitingFor1();
  Realtime(CpuSet::Only(CpuId(1)));
  DispatchAlways(a);
  log.clear();
  Advance(Millis(955));
  EXPECT_THAT(log, ElementsAre("1 dispatch", "1 dequeue A", "1 running A"));
  Advance(Millis(60));
  core->Charge(1);
  EXPECT_EQ(CpuTimeOf(a), Millis(50));
  Advance(Seconds(9));
  core->Charge(1);
  EXPECT_EQ(CpuTimeOf(a), Millis(500));
}

TEST_F(CoreHigherTest, T34AServerThatFindsNothingIsOverForGood) {
  task_struct& a = WaitingFor1();
  Realtime(CpuSet::Only(CpuId(1)));
  log.clear();
  Advance(Seconds(1));
  EXPECT_THAT(log, ElementsAre("1 dispatch"));
  DispatchAlways(a);
  Advance(Seconds(40));
  EXPECT_TRUE(queue.empty()) << "nothing will ever happen";
  queue.Skip(Seconds(40));
  core->CheckWatchdog();
  EXPECT_EQ(core->error(), "runnable task stall");
}

TEST_F(CoreHigherTest, T34UntilTheCpuHasHadNoTasks) {
  task_struct& a = WaitingFor1();
  Realtime(CpuSet::Only(CpuId(1)));
  Advance(Seconds(2));
  core->SetAllowed(a, CpuSet::Only(CpuId(2)), 0);
  core->SetAllowed(a, CpuSet::Only(CpuId(1)), 0);
  DispatchAlways(a);
  Advance(Seconds(1));
  core->Charge(1);
  EXPECT_EQ(CpuTimeOf(a), Millis(50));
}

TEST_F(CoreHigherTest, T34On612ThereIsNone) {
  Start({}, KernelModel::k6_12);
  task_struct& a = WaitingFor1();
  Realtime(CpuSet::Only(CpuId(1)));
  DispatchAlways(a);
  Advance(Seconds(2));
  EXPECT_EQ(CpuTimeOf(a), Nanos(0));
}

TEST_F(CoreHigherTest, ACpuThatGoesOfflineLosesItToAnother) {
  task_struct& a = Realtime(CpuSet::FirstN(kCpus));
  core->Block(0);
  a.cpu = 1;
  core->Wake(a, 0);
  ASSERT_EQ(core->curr(1), &a);
  core->SetOnline(1, false);
  EXPECT_EQ(core->curr(0), &a);
}

// ---- policies and CPUs ----

TEST_F(CoreTest, AnIdleTaskHasAWeightOf1WhateverItsNiceValue) {
  task_struct& a = Sleeping(1);
  EXPECT_EQ(KernelWeight(a), 100u);
  a.policy = kSchedBatch;
  EXPECT_EQ(KernelWeight(a), 100u);
  a.policy = kSchedIdle;
  core->SetNice(a, -5, 0);
  EXPECT_EQ(a.scx.weight, 1u);
  EXPECT_EQ(a.static_prio, 115);
}

TEST_F(CoreTest, ACpuThatCouldBeThereIsOffline) {
  const Topology more = topology.WithPossible(8);
  core = std::make_unique<Core>(more, CoreCosts(), queue, trace, *this);
  core->CreateDsq(kUserDsq);
  core->Attach(ops, {});
  Settle();
  EXPECT_EQ(core->nr_cpus(), 8);
  EXPECT_FALSE(core->IsOnline(4));
  EXPECT_EQ(std::count(log.begin(), log.end(), "4 dispatch"), 0);
  task_struct& a = NewTask();
  ops.select_cpu = [](task_struct&) { return 5; };
  core->Fork(a, 0);
  EXPECT_EQ(a.cpu, 0);
}

}  // namespace
}  // namespace scxx::sim
