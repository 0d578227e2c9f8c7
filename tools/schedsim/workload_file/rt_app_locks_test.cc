// SPDX-License-Identifier: Apache-2.0
//
// The steps of rt-app that are about locks: what they become, and which of their mistakes are found
// before anything runs.

#include "tools/schedsim/workload_file/rt_app_locks.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "framework/sim/load/workload.h"
#include "gtest/gtest.h"
#include "tools/schedsim/workload_file/workload_file.h"

namespace scxx {
namespace {

using sim::StepKind;

std::string FileOf(const std::string& task) {
  return absl::StrCat("{\"tasks\": {\"t\": {", task, "}}}");
}

sim::Workload Read(const std::string& text) {
  const absl::StatusOr<RtAppFile> file = ReadRtApp("f.json", text, /*nr_cpus=*/4);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? file->workload : sim::Workload();
}

std::string ErrorOf(const std::string& task) {
  return std::string(ReadRtApp("f.json", FileOf(task), /*nr_cpus=*/4).status().message());
}

std::vector<StepKind> KindsOf(const sim::TaskGroup& group) {
  std::vector<StepKind> kinds;
  for (const sim::Step& step : group.steps) kinds.push_back(step.kind);
  return kinds;
}

TEST(RtAppLocks, NamesGetNumbersOfTheirKind) {
  const sim::Workload workload = Read(R"({"tasks": {
      "a": {"lock": "m", "lock1": "n", "unlock": "m", "unlock1": "n", "signal": "m"},
      "b": {"lock": "n", "wait": {"mutex": "n", "ref": "m"}, "unlock": "n", "broad": "d",
            "barrier": "m"}}})");
  ASSERT_EQ(workload.groups.size(), 2u);
  EXPECT_EQ(workload.locks.mutexes, (std::vector<std::string>{"m", "n"}));
  EXPECT_EQ(workload.locks.conditions, (std::vector<std::string>{"m", "d"}));
  EXPECT_EQ(workload.locks.barriers, (std::vector<std::string>{"m"}));
  EXPECT_EQ(KindsOf(workload.groups[1]),
            (std::vector<StepKind>{StepKind::kLock, StepKind::kCondWait, StepKind::kUnlock,
                                   StepKind::kBroadcast, StepKind::kBarrier}));
  EXPECT_EQ(workload.groups[0].steps[1].object, 1u);
  EXPECT_EQ(workload.groups[1].steps[1].object, 0u);
  EXPECT_EQ(workload.groups[1].steps[1].mutex, 1u);
  EXPECT_EQ(workload.groups[1].steps[3].object, 1u);
}

TEST(RtAppLocks, ASyncIsFourSteps) {
  const sim::Workload workload = Read(FileOf(R"("sync": {"ref": "c", "mutex": "m"})"));
  ASSERT_EQ(workload.groups.size(), 1u);
  EXPECT_EQ(KindsOf(workload.groups[0]),
            (std::vector<StepKind>{StepKind::kLock, StepKind::kSignal, StepKind::kCondWait,
                                   StepKind::kUnlock}));
}

// As it is in rt-app's examples.
TEST(RtAppLocks, ASyncWithItsMutexLockedKeepsIt) {
  const sim::Workload workload =
      Read(FileOf(R"("lock": "m", "sync": {"ref": "c", "mutex": "m"}, "unlock": "m")"));
  ASSERT_EQ(workload.groups.size(), 1u);
  EXPECT_EQ(KindsOf(workload.groups[0]),
            (std::vector<StepKind>{StepKind::kLock, StepKind::kSignal, StepKind::kCondWait,
                                   StepKind::kUnlock}));
}

// As it is with a condition that one always waits for in a loop.
TEST(RtAppLocks, AMutexMayBeKeptThroughAnEndlessPhase) {
  Read(FileOf(R"("phases": {"p": {"lock": "m"},
                            "q": {"loop": -1, "wait": {"ref": "c", "mutex": "m"}, "broad": "c"}})"));
  Read(FileOf(R"("lock": "m", "unlock": "m", "lock1": "m", "unlock1": "m")"));
}

struct Bad {
  const char* task;
  const char* error;
};

TEST(RtAppLocks, MistakesThatEveryRunWouldMakeAreErrors) {
  const Bad bad[] = {
      {R"("unlock": "m")",
       "f.json:1: tasks.t.unlock: expected a mutex that this task has locked before, found \"m\""},
      {R"("lock": "m", "lock1": "m", "unlock": "m")",
       "f.json:1: tasks.t.lock1: this task has locked mutex \"m\" already, and would wait for "
       "itself: expected an unlock before"},
      {R"("lock": "m", "run": 5)",
       "f.json:1: tasks.t.lock: mutex \"m\" is still locked when the steps are repeated: expected "
       "an unlock"},
      {R"("loop": 1, "lock": "m", "run": 5)",
       "f.json:1: tasks.t.lock: the task ends with mutex \"m\" locked: expected an unlock"},
      {R"("phases": {"p": {"lock": "m"}, "q": {"loop": -1, "unlock": "m"}})",
       "f.json:1: tasks.t.phases.q.unlock: expected a mutex that this task has locked before, "
       "found \"m\""},
      {R"("phases": {"p": {"loop": 1000000, "lock": "m"}, "q": {"unlock": "m"}})",
       "f.json:1: tasks.t.phases.p.lock: this task has locked mutex \"m\" already, and would wait "
       "for itself: expected an unlock before"},
      {R"("wait": {"ref": "c", "mutex": "m"}, "signal": "c")",
       "f.json:1: tasks.t.wait: expected a lock of mutex \"m\" by this task before: a wait gives "
       "it and takes it again"},
      {R"("lock": "m", "wait": {"ref": "c", "mutex": "m"}, "unlock": "m", "signal": "d")",
       "f.json:1: tasks.t.wait: nobody signals \"c\": expected a signal, broad or sync of it"},
      {R"("barrier": "b", "run": 5, "barrier1": "b")",
       "f.json:1: tasks.t.barrier1: expected another name than before: a barrier is one place in a "
       "task, where it meets others, found \"b\""},
  };
  for (const Bad& one : bad) EXPECT_EQ(ErrorOf(one.task), one.error) << one.task;
}

TEST(RtAppLocks, AnErrorNamesLineKeyAndExpectation) {
  const Bad bad[] = {
      {R"("lock": 5)",
       "f.json:1: tasks.t.lock: expected a mutex's name of up to 32 letters, digits, '_', '-' and "
       "'.', found 5"},
      {R"("signal": "")",
       "f.json:1: tasks.t.signal: expected a condition's name of up to 32 letters, digits, '_', "
       "'-' and '.', found \"\""},
      {R"("barrier": "a b")",
       "f.json:1: tasks.t.barrier: expected a barrier's name of up to 32 letters, digits, '_', "
       "'-' and '.', found \"a b\""},
      {R"("wait": "c")", "f.json:1: tasks.t.wait: expected an object { ... }, found \"c\""},
      {R"("wait": {"ref": "c"})", "f.json:1: tasks.t.wait: expected a member \"mutex\""},
      {R"("sync": {"mutex": "m"})", "f.json:1: tasks.t.sync: expected a member \"ref\""},
      {R"("wait": {"ref": "c", "mutex": "m", "x": 1})",
       "f.json:1: tasks.t.wait.x: unknown key; expected ref, a condition, and mutex"},
  };
  for (const Bad& one : bad) EXPECT_EQ(ErrorOf(one.task), one.error) << one.task;
}

}  // namespace
}  // namespace scxx
