// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/workload_file.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "framework/base/cpu.h"
#include "framework/base/units.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx {
namespace {

using sim::PostTo;
using sim::StepKind;
using sim::TaskGroup;

constexpr int kCpus = 4;

RtAppFile Read(const std::string& text) {
  absl::StatusOr<RtAppFile> file = ReadRtApp("f.json", text, kCpus);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? *file : RtAppFile();
}

// The only task of the file, defined so.
TaskGroup ReadTask(const std::string& definition) {
  const RtAppFile file = Read(absl::StrCat("{\"tasks\": {\"t\": {", definition, "}}}"));
  return file.workload.groups.empty() ? TaskGroup() : file.workload.groups[0];
}

std::vector<StepKind> KindsOf(const TaskGroup& group) {
  std::vector<StepKind> kinds;
  for (const sim::Step& step : group.steps) kinds.push_back(step.kind);
  return kinds;
}

TEST(RtApp, StepsKeepTheOrderOfTheFile) {
  const TaskGroup group = ReadTask(
      R"("sleep": 5, "run2": 10, "yield": "", "runtime": 20, "timer": {"ref": "u", "period": 30})");
  EXPECT_EQ(KindsOf(group),
            (std::vector<StepKind>{StepKind::kSleep, StepKind::kRun, StepKind::kYield,
                                   StepKind::kRun, StepKind::kPeriod}));
  EXPECT_EQ(group.steps[1].time, Micros(10));
  EXPECT_EQ(group.steps[4].time, Micros(30));
}

TEST(RtApp, AttributesOfATask) {
  const TaskGroup group =
      ReadTask(R"("instance": 3, "priority": -7, "cpus": [1, 3], "loop": 12, "run": 1)");
  EXPECT_EQ(group.count, 3);
  EXPECT_EQ(group.nice, -7);
  EXPECT_EQ(group.loops, 12u);
  ASSERT_TRUE(group.allowed.has_value());
  EXPECT_EQ(group.allowed->size(), 2);
  EXPECT_TRUE(group.allowed->Contains(CpuId(3)));
}

TEST(RtApp, WithoutALoopATaskGoesOnForEver) {
  EXPECT_EQ(ReadTask(R"("run": 1)").loops, 0u);
  EXPECT_EQ(ReadTask(R"("loop": -1, "run": 1)").loops, 0u);
}

TEST(RtApp, ADelayComesOnce) {
  const TaskGroup group = ReadTask(R"("delay": 100, "run": 1)");
  EXPECT_EQ(KindsOf(group), (std::vector<StepKind>{StepKind::kSleep, StepKind::kRun}));
  EXPECT_EQ(group.repeat_from, 1u);
}

TEST(RtApp, PhasesComeAsOftenAsTheirLoopSays) {
  const TaskGroup group =
      ReadTask(R"("phases": {"z": {"loop": 2, "run": 1, "sleep": 2}, "a": {"run": 3}})");
  EXPECT_EQ(KindsOf(group), (std::vector<StepKind>{StepKind::kRun, StepKind::kSleep, StepKind::kRun,
                                                   StepKind::kSleep, StepKind::kRun}));
  EXPECT_EQ(group.repeat_from, 0u);
}

TEST(RtApp, AnEndlessPhaseIsWhatIsRepeated) {
  const TaskGroup group = ReadTask(
      R"("loop": 5, "phases": {"start": {"loop": 3, "run": 1}, "go": {"loop": -1, "run": 2}})");
  EXPECT_EQ(group.steps.size(), 4u);
  EXPECT_EQ(group.repeat_from, 3u);
  EXPECT_EQ(group.loops, 0u);
}

TEST(RtApp, TasksNameEachOther) {
  const sim::Workload workload = Read(R"({"tasks": {"a": {"run": 1, "resume": "b", "fork": "c"},
                         "b": {"suspend": ""},
                         "c": {"instance": 0, "loop": 1, "run": 1}}})")
                                     .workload;
  ASSERT_EQ(workload.groups.size(), 3u);
  EXPECT_EQ(workload.groups[0].steps[1].kind, StepKind::kPost);
  EXPECT_EQ(workload.groups[0].steps[1].to, PostTo::kOther);
  EXPECT_EQ(workload.groups[0].steps[1].group, 1u);
  EXPECT_EQ(workload.groups[0].steps[2].group, 2u);
  EXPECT_EQ(workload.groups[1].steps[0].kind, StepKind::kWait);
}

TEST(RtApp, DurationIsTheFilesIfItHasOne) {
  const std::string tasks = R"("tasks": {"t": {"run": 1}})";
  EXPECT_EQ(Read("{" + tasks + "}").duration, std::nullopt);
  EXPECT_EQ(Read("{\"global\": {\"duration\": -1}," + tasks + "}").duration, std::nullopt);
  EXPECT_EQ(Read("{\"global\": {\"duration\": 3}," + tasks + "}").duration, Seconds(3));
}

TEST(RtApp, WhatChangesNothingIsIgnored) {
  Read(R"({"global": {"calibration": "CPU0", "logdir": "/tmp", "ftrace": true, "pi_enabled": false,
                      "default_policy": "SCHED_OTHER"},
           "resources": {"m": {"type": "mutex"}},
           "tasks": {"t": {"run": 1, "util_min": 5, "policy": "SCHED_OTHER"}}})");
}

struct Bad {
  const char* text;
  const char* error;
};

TEST(RtApp, AnErrorNamesLineKeyAndExpectation) {
  const Bad bad[] = {
      {"{}", "f.json:1: expected a member \"tasks\""},
      {"[]", "f.json:1: expected an object { ... }, found a list"},
      {"{\"tasks\": {}}", "f.json:1: tasks: expected a task at least"},
      {"{\n\"task\": {}}", "f.json:2: task: unknown key; a workload has global and tasks"},
      {"{\"global\": {\"duration\": 0}}",
       "f.json:1: global.duration: expected -1, or a number of seconds from 1 to 86400, found 0"},
      {"{\"global\": {\n\"x\": 0}}", "f.json:2: global.x: unknown key of global"},
      {"{\"tasks\": {\n\"t\": {\n\"run\": \"x\"}}}",
       "f.json:3: tasks.t.run: expected a number of microseconds from 0 to 3600000000, found "
       "\"x\""},
      {"{\"tasks\": {\"t\": {\"run\": -1}}}",
       "f.json:1: tasks.t.run: expected a number of microseconds from 0 to 3600000000, found -1"},
      {"{\"tasks\": {\"t\": {\"run\": 1, \"cpus\": [0, 4]}}}",
       "f.json:1: tasks.t.cpus.1: expected a CPU of this machine, from 0 to 3, found 4"},
      {"{\"tasks\": {\"t\": {\"run\": 1, \"priority\": 20}}}",
       "f.json:1: tasks.t.priority: expected a nice value from -20 to 19, found 20"},
      {"{\"tasks\": {\"t\": {\"run\": 1, \"policy\": \"SCHED_FIFO\"}}}",
       "f.json:1: tasks.t.policy: expected \"SCHED_OTHER\": all tasks are the simulated "
       "scheduler's, found \"SCHED_FIFO\""},
      {"{\"tasks\": {\"t\": {\"instance\": 3001, \"run\": 1}}}",
       "f.json:1: tasks.t.instance: expected a number of instances from 0 to 3000, found 3001"},
      {"{\"tasks\": {\"t\": {\"instance\": 3000, \"run\": 1}, \n\"u\": {\"run\": 1}}}",
       "f.json:2: tasks.u: expected at most 3000 tasks, all instances together"},
      {"{\"tasks\": {\"t\": {\"resume\": \"u\"}}}",
       "f.json:1: tasks.t.resume: expected the name of a task of this file, found \"u\""},
      {"{\"tasks\": {\"t\": {\"suspend\": \"u\"}}}",
       "f.json:1: tasks.t.suspend: expected \"\" or \"t\", since a task suspends only itself, "
       "found \"u\""},
      {"{\"tasks\": {\"t\": {\"timer\": {\"ref\": \"u\"}}}}",
       "f.json:1: tasks.t.timer: expected a member \"period\", in microseconds"},
      {"{\"tasks\": {\"t\": {\"mem\": 4096}}}",
       "f.json:1: tasks.t.mem: this step of rt-app is not simulated; there are run, runtime, "
       "sleep, "
       "timer, yield, fork, suspend, resume, lock, unlock, wait, signal, broad, sync and barrier"},
      {"{\"tasks\": {\"t\": {\"run\": 0}}}",
       "f.json:1: tasks.t: expected a step at least, like \"run\": 1000"},
      {"{\"tasks\": {\"t\": {\"run\": 1, \"phases\": {\"p\": {\"run\": 1}}}}}",
       "f.json:1: tasks.t.phases: expected phases or steps, not both: put the steps into a phase"},
      {"{\"tasks\": {\"t\": {\"phases\": {\"p\": {\"loop\": -1, \"run\": 1},\n\"q\": {\"run\": "
       "1}}}}}",
       "f.json:2: tasks.t.phases.q: comes after a phase that loops for ever"},
      {"{\"tasks\": {\"t\": {\"phases\": {\"p\": {\"loop\": 10001, \"run\": 1}}}}}",
       "f.json:1: tasks.t.phases.p: expected at most 10000 steps a task, each phase as often as "
       "its loop says"},
      {"{\"tasks\": {\"a b\": {\"run\": 1}}}",
       "f.json:1: tasks.a b: expected a task's name of up to 32 letters, digits, '_', '-' and "
       "'.'"},
  };
  for (const Bad& one : bad) {
    EXPECT_EQ(ReadRtApp("f.json", one.text, kCpus).status().message(), one.error) << one.text;
  }
}

std::string Example(const std::string& name) {
  return "tools/schedsim/workload_file/examples/" + name + ".json";
}

sim::RunResult RunFifo(sim::Workload workload, int nr_cpus) {
  const sim::SimulatedPolicy fifo = {.traits = TraitsOf<FifoPolicy>(),
                                     .make = [](const PolicyLimits& limits) {
                                       return AnyPolicy(*FifoPolicy::Create({}, limits));
                                     }};
  return sim::RunSimulation({.topology = {.cores_per_llc = nr_cpus},
                             .workload = std::move(workload),
                             .duration = Millis(100)},
                            fifo);
}

TEST(WorkloadArgument, NamesABuiltinWorkload) {
  const absl::StatusOr<RtAppFile> hogs = FindWorkload("hogs", 2);
  ASSERT_TRUE(hogs.ok());
  EXPECT_EQ(hogs->workload.groups[0].count, 4);
  EXPECT_FALSE(FindWorkload("hog", 2).ok());
}

TEST(WorkloadArgument, OrAFile) {
  const absl::StatusOr<RtAppFile> missing = FindWorkload("./none.json", 2);
  EXPECT_EQ(missing.status().message(),
            "--workload=./none.json cannot be read: give a file in rt-app's format, or a name "
            "without / and . of a built-in one");
  EXPECT_FALSE(FindWorkload("/", 2).ok());
}

// The same tasks, so the same run to the last event.
TEST(WorkloadArgument, AFileRunsLikeTheBuiltinThatItDescribes) {
  absl::StatusOr<RtAppFile> file = FindWorkload(Example("periodic"), 2);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->duration, Seconds(1));
  const sim::RunResult once = RunFifo(file->workload, 2);
  EXPECT_EQ(once.failure, "");
  EXPECT_EQ(once.hash, RunFifo(FindWorkload("periodic", 2)->workload, 2).hash);
}

TEST(WorkloadArgument, EveryTaskOfTheExamplesRuns) {
  for (const char* name : {"periodic", "ping_pong", "desktop", "producer_consumer"}) {
    absl::StatusOr<RtAppFile> file = FindWorkload(Example(name), 4);
    ASSERT_TRUE(file.ok()) << file.status();
    const sim::RunResult result = RunFifo(file->workload, 4);
    EXPECT_EQ(result.failure, "") << name;
    for (size_t i = 0; i < result.groups.size(); ++i) {
      EXPECT_GT(result.groups[i].switches, 0u) << name << ' ' << result.names[i];
    }
  }
}

TEST(WorkloadArgument, ALoopInAPhaseIsKeptToTheStep) {
  absl::StatusOr<RtAppFile> file = FindWorkload(Example("ping_pong"), 1);
  ASSERT_TRUE(file.ok()) << file.status();
  const sim::RunResult result = RunFifo(file->workload, 1);
  // Ten messages come back before each pause.
  EXPECT_NEAR(static_cast<double>(result.groups[1].wakeups) / 10,
              static_cast<double>(result.groups[0].wakeups) / 11, 2);
}

}  // namespace
}  // namespace scxx
