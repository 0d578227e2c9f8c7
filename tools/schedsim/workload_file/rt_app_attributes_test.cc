// SPDX-License-Identifier: Apache-2.0
//
// How tasks of a file of rt-app are scheduled: policies, priorities, budgets, CPUs, taskgroups; of
// a task, and as its phases change them.

#include "tools/schedsim/workload_file/rt_app_attributes.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "framework/base/cpu.h"
#include "framework/base/units.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/load/workload.h"
#include "gtest/gtest.h"
#include "tools/schedsim/workload_file/workload_file.h"

namespace scxx {
namespace {

using sim::StepKind;
using sim::TaskGroup;

constexpr int kCpus = 4;

sim::Workload Read(const std::string& text) {
  const absl::StatusOr<RtAppFile> file = ReadRtApp("f.json", text, kCpus);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? file->workload : sim::Workload();
}

// The only task of the file, defined so.
TaskGroup ReadTask(const std::string& definition) {
  const sim::Workload workload = Read(absl::StrCat("{\"tasks\": {\"t\": {", definition, "}}}"));
  return workload.groups.empty() ? TaskGroup() : workload.groups[0];
}

std::vector<StepKind> KindsOf(const TaskGroup& group) {
  std::vector<StepKind> kinds;
  for (const sim::Step& step : group.steps) kinds.push_back(step.kind);
  return kinds;
}

TEST(RtAppAttributes, PoliciesOfTasks) {
  const TaskGroup idle = ReadTask(R"("policy": "SCHED_IDLE", "run": 1)");
  EXPECT_EQ(idle.policy, sim::kSchedIdle);
  const TaskGroup fifo = ReadTask(R"("priority": 50, "policy": "SCHED_FIFO", "run": 1)");
  EXPECT_EQ(fifo.policy, sim::kSchedFifo);
  EXPECT_EQ(fifo.nice, 0);
  const TaskGroup deadline = ReadTask(
      R"("policy": "SCHED_DEADLINE", "dl-runtime": 20, "dl-deadline": 50, "dl-period": 100, "run": 1)");
  EXPECT_EQ(deadline.policy, sim::kSchedDeadline);
  EXPECT_EQ(deadline.budget.runtime, Micros(20));
  EXPECT_EQ(deadline.budget.period, Micros(100));
  const TaskGroup slice = ReadTask(R"("priority": -19, "dl-runtime": 100000, "run": 1)");
  EXPECT_EQ(slice.policy, sim::kSchedNormal);
  EXPECT_EQ(slice.nice, -19);
  EXPECT_EQ(slice.budget.runtime, Nanos::Zero());
}

TEST(RtAppAttributes, TheDefaultPolicyIsOfTasksWithoutOne) {
  const sim::Workload workload =
      Read(R"({"tasks": {"a": {"run": 1}, "b": {"run": 1, "policy": "SCHED_RR"}},
               "global": {"default_policy": "SCHED_BATCH"}})");
  ASSERT_EQ(workload.groups.size(), 2u);
  EXPECT_EQ(workload.groups[0].policy, sim::kSchedBatch);
  EXPECT_EQ(workload.groups[1].policy, sim::kSchedRr);
}

TEST(RtAppAttributes, PhasesChangeWhatTheySay) {
  const TaskGroup group = ReadTask(R"("cpus": [2], "priority": 5, "phases": {
      "a": {"cpus": [0, 1], "run": 1},
      "b": {"loop": 2, "run": 1, "policy": "SCHED_IDLE", "taskgroup": "/x"},
      "c": {"run": 1, "priority": 7, "taskgroup": "/"}})");
  EXPECT_EQ(
      KindsOf(group),
      (std::vector<StepKind>{StepKind::kChange, StepKind::kRun, StepKind::kChange, StepKind::kRun,
                             StepKind::kAgain, StepKind::kChange, StepKind::kRun}));
  ASSERT_EQ(group.changes.size(), 3u);
  EXPECT_EQ(group.changes[0].allowed->size(), 2);
  EXPECT_FALSE(group.changes[0].sched_class.has_value());
  // Without CPUs of its own a phase has the task's.
  EXPECT_EQ(group.changes[1].allowed->First(), CpuId(2));
  EXPECT_EQ(group.changes[1].sched_class->policy, sim::kSchedIdle);
  EXPECT_EQ(group.changes[1].cgroup, 2u);
  // The policy stays.
  EXPECT_EQ(group.changes[2].sched_class->policy, sim::kSchedIdle);
  EXPECT_EQ(group.changes[2].sched_class->nice, 7);
  EXPECT_EQ(group.changes[2].cgroup, 1u);
}

TEST(RtAppAttributes, AnEndlessPhaseChangesOnce) {
  const TaskGroup group =
      ReadTask(R"("phases": {"a": {"run": 1}, "b": {"loop": -1, "priority": 3, "run": 2}})");
  EXPECT_EQ(group.steps.size(), 3u);
  EXPECT_EQ(group.repeat_from, 2u);
}

// ---- SCHED_DEADLINE ----

TEST(RtAppAttributes, ADeadlineTaskMayHaveKeysOfOldFiles) {
  const TaskGroup old = ReadTask(
      R"("policy": "SCHED_DEADLINE", "runtime": 20, "deadline": 50, "period": 100, "sleep": 1)");
  EXPECT_EQ(old.budget.runtime, Micros(20));
  EXPECT_EQ(old.budget.period, Micros(100));
  // It is a step all the same.
  EXPECT_EQ(KindsOf(old), (std::vector<StepKind>{StepKind::kRunUntil, StepKind::kSleep}));
  const TaskGroup both = ReadTask(
      R"("policy": "SCHED_DEADLINE", "period": 90, "runtime": 5, "dl-runtime": 20, "dl-period": 80)");
  EXPECT_EQ(both.budget.runtime, Micros(20));
  EXPECT_EQ(both.budget.period, Micros(80));
  EXPECT_EQ(ReadTask(R"("policy": "SCHED_DEADLINE", "runtime": 233)").budget.period, Micros(233));
  EXPECT_EQ(ReadTask(R"("period": 90, "deadline": 80, "run": 1)").budget.period, Nanos::Zero());
}

TEST(RtAppAttributes, BesidePhasesARuntimeIsABudgetOnly) {
  const TaskGroup group = ReadTask(
      R"("policy": "SCHED_DEADLINE", "runtime": 20, "period": 90, "phases": {"p": {"run": 1}})");
  EXPECT_EQ(group.budget.runtime, Micros(20));
  EXPECT_EQ(group.budget.period, Micros(90));
  EXPECT_EQ(KindsOf(group), (std::vector<StepKind>{StepKind::kRun}));
}

TEST(RtAppAttributes, ThereIsNoReclaiming) {
  ReadTask(R"("policy": "SCHED_DEADLINE", "dl-runtime": 1, "dl-reclaim": false, "run": 1)");
}

// ---- errors ----

struct Bad {
  const char* text;
  const char* error;
};

const Bad kBad[] = {
    {"{\"tasks\": {\"t\": {\"run\": 1, \"cpus\": [0, 4]}}}",
     "f.json:1: tasks.t.cpus.1: expected a CPU of this machine, from 0 to 3, found 4"},
    {"{\"tasks\": {\"t\": {\"run\": 1, \"priority\": 20}}}",
     "f.json:1: tasks.t.priority: expected a nice value from -20 to 19, found 20"},
    {"{\"tasks\": {\"t\": {\"run\": 1, \"policy\": \"SCHED_EXT\"}}}",
     "f.json:1: tasks.t.policy: expected SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO, "
     "SCHED_RR or SCHED_DEADLINE, found \"SCHED_EXT\""},
    {"{\"tasks\": {\"t\": {\"run\": 1, \"priority\": -19,\n\"policy\": \"SCHED_FIFO\"}}}",
     "f.json:1: tasks.t.priority: expected a real-time priority from 1 to 99, found -19"},
    {"{\"tasks\": {\n\"t\": {\"run\": 1, \"policy\": \"SCHED_DEADLINE\"}}}",
     "f.json:2: tasks.t: expected dl-runtime, which SCHED_DEADLINE may use in a dl-period"},
    {"{\"tasks\": {\"t\": {\"phases\": {\"p\": {\"run\": 1, \"policy\": \"SCHED_DEADLINE\", "
     "\"dl-runtime\": 9, \"dl-period\": 8}}}}}",
     "f.json:1: tasks.t.phases.p: expected dl-runtime <= dl-deadline <= dl-period"},
    {"{\"tasks\": {\"t\": {\"run\": 1, \"taskgroup\": \"a\"}}}",
     "f.json:1: tasks.t.taskgroup: expected a taskgroup's path, like \"/a\", found \"a\""},
    {"{\"tasks\": {\"t\": {\"run\": 1, \"dl-reclaim\": true}}}",
     "f.json:1: tasks.t.dl-reclaim: expected false, because nobody gets what others leave of their "
     "dl-runtime, found true"},
    {"{\"tasks\": {\"t\": {\"policy\": \"SCHED_DEADLINE\", \"dl-runtime\": 5, \"phases\": {\"p\": "
     "{\"run\": 1},\n\"q\": {\"run\": 1, \"dl-period\": 9}}}}}",
     "f.json:2: tasks.t.phases.q: expected dl-runtime, which SCHED_DEADLINE may use in a "
     "dl-period"},
    {"{\"tasks\": {\"t\": {\"policy\": \"SCHED_DEADLINE\", \"dl-runtime\": 5, \"phases\": {\"p\": "
     "{\"run\": 1},\n\"q\": {\"run\": 1, \"dl-deadline\": 9}}}}}",
     "f.json:2: tasks.t.phases.q: expected dl-runtime, which SCHED_DEADLINE may use in a "
     "dl-period"},
    {"{\"tasks\": {\"t\": {\"phases\": {\"p\": {\"run\": 1, \"period\": 9}}}}}",
     "f.json:1: tasks.t.phases.p.period: unknown key of a phase; expected dl-period"},
    {"{\"tasks\": {\"t\": {\"runtime\": 5, \"phases\": {\"p\": {\"run\": 1}}}}}",
     "f.json:1: tasks.t.phases: expected phases or steps, not both: put the steps into a phase"},
};

TEST(RtAppAttributes, AnErrorNamesLineKeyAndExpectation) {
  for (const Bad& one : kBad) {
    EXPECT_EQ(ReadRtApp("f.json", one.text, kCpus).status().message(), one.error) << one.text;
  }
}

}  // namespace
}  // namespace scxx
