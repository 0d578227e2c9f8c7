// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/workload_file.h"

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "framework/base/cpu.h"
#include "framework/base/units.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx {
namespace {

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
                                   StepKind::kRunUntil, StepKind::kTimer}));
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
  EXPECT_EQ(KindsOf(group), (std::vector<StepKind>{StepKind::kDelay, StepKind::kRun}));
  EXPECT_EQ(group.repeat_from, 1u);
}

TEST(RtApp, PhasesComeAsOftenAsTheirLoopSays) {
  const TaskGroup group =
      ReadTask(R"("phases": {"z": {"loop": 2, "run": 1, "sleep": 2}, "a": {"run": 3}})");
  EXPECT_EQ(KindsOf(group), (std::vector<StepKind>{StepKind::kRun, StepKind::kSleep,
                                                   StepKind::kAgain, StepKind::kRun}));
  EXPECT_EQ(group.steps[2].times, 2u);
  EXPECT_EQ(group.steps[2].object, 0u);
  EXPECT_EQ(group.repeat_from, 0u);
}

TEST(RtApp, AnEndlessPhaseIsWhatIsRepeated) {
  const TaskGroup group = ReadTask(
      R"("loop": 5, "phases": {"start": {"loop": 3, "run": 1}, "go": {"loop": -1, "run": 2}})");
  EXPECT_EQ(group.steps.size(), 3u);
  EXPECT_EQ(group.repeat_from, 2u);
  EXPECT_EQ(group.loops, 0u);
}

TEST(RtApp, TasksNameEachOther) {
  const sim::Workload workload = Read(R"({"tasks": {"a": {"run": 1, "resume": "b", "fork": "c"},
                         "b": {"suspend": ""},
                         "c": {"instance": 0, "loop": 1, "run": 1}}})")
                                     .workload;
  ASSERT_EQ(workload.groups.size(), 3u);
  EXPECT_EQ(workload.groups[0].steps[1].kind, StepKind::kResume);
  EXPECT_EQ(workload.groups[0].steps[2].group, 2u);
  EXPECT_EQ(workload.groups[1].steps[0].kind, StepKind::kSuspend);
  EXPECT_EQ(workload.groups[1].steps[0].object, workload.groups[0].steps[1].object);
  EXPECT_EQ(workload.locks.bells, (std::vector<std::string>{"b"}));
}

TEST(RtApp, WhatWorkgenCompletes) {
  const TaskGroup other = ReadTask(R"("run": 1, "suspend", "run": 2, "resume": "t", "run": 3)");
  EXPECT_EQ(KindsOf(other),
            (std::vector<StepKind>{StepKind::kRun, StepKind::kSuspend, StepKind::kRun,
                                   StepKind::kResume, StepKind::kRun}));
  EXPECT_EQ(other.steps[4].time, Micros(3));
  EXPECT_EQ(
      ReadTask(R"("phases": {"p": {"run": 1}, "p": {"run": 2}, "q": {"run": 3}})").steps.size(),
      3u);
}

TEST(RtApp, AResumeThatNobodyAwaitsIsAStep) {
  EXPECT_EQ(KindsOf(ReadTask(R"("resume": "x", "run": 1)")),
            (std::vector<StepKind>{StepKind::kResume, StepKind::kRun}));
}

TEST(RtApp, NullIsAsGoodAsAbsent) {
  const RtAppFile file = Read(R"({"global": {"duration": null, "default_policy": null},
      "resources": null,
      "tasks": {"t": {"instance": null, "loop": null, "delay": null, "cpus": null, "policy": null,
                      "priority": null, "taskgroup": null, "phases": null, "run": 1,
                      "timer": {"ref": null, "period": 5, "mode": null},
                      "memrun": {"type": null, "size": null, "count": 5}}}})");
  EXPECT_EQ(file.duration, std::nullopt);
  ASSERT_EQ(file.workload.groups.size(), 1u);
  const TaskGroup& group = file.workload.groups[0];
  EXPECT_EQ(group.count, 1);
  EXPECT_EQ(group.loops, 0u);
  EXPECT_EQ(group.policy, sim::kSchedNormal);
  EXPECT_FALSE(group.allowed.has_value());
  EXPECT_EQ(KindsOf(group),
            (std::vector<StepKind>{StepKind::kRun, StepKind::kTimer, StepKind::kRun}));
  EXPECT_EQ(Read(R"({"global": null, "tasks": {"t": {"run": 1}}})").duration, std::nullopt);
}

TEST(RtApp, TasksShareANameToSuspendBy) {
  const sim::Workload workload =
      Read(
          R"({"tasks": {"a": {"suspend": "both"}, "b": {"suspend": "both"}, "c": {"resume": "both"}}})")
          .workload;
  ASSERT_EQ(workload.groups.size(), 3u);
  EXPECT_EQ(workload.groups[0].steps[0].object, workload.groups[1].steps[0].object);
}

TEST(RtApp, StepsOfNoTimeAreSteps) {
  EXPECT_EQ(ReadTask(R"("run": 0, "sleep": 0, "timer": {"period": 0}, "mem": 0, "iorun": 0)")
                .steps.size(),
            5u);
}

TEST(RtApp, MemoryIsRunTimeAndDevicesAreSleep) {
  const TaskGroup group = ReadTask(
      R"("mem": 1000000, "iorun": 1000000, "memrun": {"type": "read", "size": 64, "count": 7000},
         "memrun1": {"type": "chase", "size": 64, "stride": 8, "pattern": "random", "count": 7000})");
  EXPECT_EQ(KindsOf(group), (std::vector<StepKind>{StepKind::kRun, StepKind::kSleep, StepKind::kRun,
                                                   StepKind::kRun}));
  EXPECT_EQ(group.steps[0].time, Micros(100));
  EXPECT_EQ(group.steps[1].time, Millis(1));
  EXPECT_EQ(group.steps[2].time, Micros(7));
  EXPECT_EQ(group.steps[3].time, Micros(35));
}

TEST(RtApp, SemaphoresMayHaveAValueAtFirst) {
  const sim::Workload workload =
      Read(R"({"resources": {"m": {"type": "mutex"}, "s": {"type": "semaphore", "value": 3}},
               "tasks": {"t": {"sem_wait": "r", "sem_post": "s"}}})")
          .workload;
  EXPECT_EQ(workload.locks.semaphores, (std::vector<std::string>{"s", "r"}));
  EXPECT_EQ(workload.semaphores, (std::vector<uint32_t>{3}));
  ASSERT_EQ(workload.groups.size(), 1u);
  EXPECT_EQ(KindsOf(workload.groups[0]), (std::vector<StepKind>{StepKind::kTake, StepKind::kGive}));
}

TEST(RtApp, DurationIsTheFilesIfItHasOne) {
  const std::string tasks = R"("tasks": {"t": {"run": 1}})";
  EXPECT_EQ(Read("{" + tasks + "}").duration, std::nullopt);
  EXPECT_EQ(Read("{\"global\": {\"duration\": -1}," + tasks + "}").duration, std::nullopt);
  EXPECT_EQ(Read("{\"global\": {\"duration\": 3}," + tasks + "}").duration, Seconds(3));
}

TEST(RtApp, WhatChangesNothingIsIgnored) {
  Read(R"({"global": {"calibration": "CPU0", "logdir": "/tmp", "ftrace": true, "pi_enabled": false,
                      "frag": 1, "logstats": true, "default_policy": "SCHED_OTHER"},
           "resources": {"m": {"type": "mutex"}},
           "tasks": {"t": {"util_min": 5, "policy": "SCHED_OTHER",
                           "phases": {"p": {"run": 1, "util_max": 9, "nodes_membind": [0]}}}}})");
}

struct Bad {
  const char* text;
  const char* error;
};

const Bad kBad[] = {
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
    {"{\"tasks\": {\"t\": {\"run\": 1, \"loop\": 1,\n\"loop\": 2}}}",
     "f.json:2: tasks.t.loop: comes twice; only steps and phases may"},
    {"{\"tasks\": {\"t\": {\"run\": 1},\n\"t\": {\"run\": 1}}}",
     "f.json:2: tasks.t: comes twice; only steps and phases may"},
    {"{\"tasks\": {\"t\": {\"instance\": 3001, \"run\": 1}}}",
     "f.json:1: tasks.t.instance: expected a number of instances from 0 to 3000, found 3001"},
    {"{\"tasks\": {\"t\": {\"instance\": 3000, \"run\": 1}, \n\"u\": {\"run\": 1}}}",
     "f.json:2: tasks.u: expected at most 3000 tasks, all instances together"},
    {"{\"tasks\": {\"t\": {\"fork\": \"u\"}}}",
     "f.json:1: tasks.t.fork: expected the name of a task of this file, found \"u\""},
    {"{\"tasks\": {\"t\": {\"suspend\": 5}}}",
     "f.json:1: tasks.t.suspend: expected \"\", the task's name, or another name of up to 32 "
     "letters, digits, '_', '-' and '.', found 5"},
    {"{\"tasks\": {\"t\": {\"timer\": {\"ref\": \"u\"}}}}",
     "f.json:1: tasks.t.timer: expected a member \"period\", in microseconds"},
    {"{\"tasks\": {\"t\": {\"mem\": -1}}}",
     "f.json:1: tasks.t.mem: expected a number of bytes from 0 to 1000000000000, found -1"},
    {"{\"tasks\": {\"t\": {\"memrun\": {\"counts\": 1}}}}",
     "f.json:1: tasks.t.memrun.counts: unknown key; a memrun has type, count, size, stride and "
     "pattern"},
    {"{\"tasks\": {\"t\": {\"memrun\": {\"type\": \"copy\", \"count\": 1}}}}",
     "f.json:1: tasks.t.memrun.type: expected \"read\", \"write\" or \"chase\", found \"copy\""},
    {"{\"tasks\": {\"t\": {\"memrun\": {\"pattern\": \"spiral\", \"count\": 1}}}}",
     "f.json:1: tasks.t.memrun.pattern: expected \"random\" or \"sequential\", found \"spiral\""},
    {"{\"tasks\": {\"t\": {\"memrun\": {\"size\": \"x\", \"count\": 1}}}}",
     "f.json:1: tasks.t.memrun.size: expected a number from 0 to 1000000000000, found \"x\""},
    {"{\"tasks\": {\"t\": {\"memrun\": {\"type\": \"read\"}}}}",
     "f.json:1: tasks.t.memrun: expected a member \"count\", a number of accesses"},
    {"{\"tasks\": {\"t\": {\"run\": 1, \"timer\": {\"mode\": \"abs\", \"period\": 5}}}}",
     "f.json:1: tasks.t.timer.mode: expected \"relative\" or \"absolute\", found \"abs\""},
    {"{\"tasks\": {\"t\": {\"run\": 1, \"exec\": \"x\"}}}",
     "f.json:1: tasks.t.exec: unknown key; a task has instance, delay, and phases, and both have "
     "loop, cpus, priority, policy, dl-runtime, dl-period, dl-deadline, taskgroup and steps (run, "
     "sleep, lock, ...)"},
    {"{\"tasks\": {\"t\": {\"loop\": 3}}}",
     "f.json:1: tasks.t: expected a step at least, like \"run\": 1000"},
    {"{\"tasks\": {\"t\": {\"run\": 1, \"phases\": {\"p\": {\"run\": 1}}}}}",
     "f.json:1: tasks.t.phases: expected phases or steps, not both: put the steps into a phase"},
    {"{\"tasks\": {\"t\": {\"phases\": {\"p\": {\"loop\": -1, \"run\": 1},\n\"q\": {\"run\": "
     "1}}}}}",
     "f.json:2: tasks.t.phases.q: comes after a phase that loops for ever"},
    {"{\"tasks\": {\"a b\": {\"run\": 1}}}",
     "f.json:1: tasks.a b: expected a task's name of up to 32 letters, digits, '_', '-' and "
     "'.'"},
};

TEST(RtApp, AnErrorNamesLineKeyAndExpectation) {
  for (const Bad& one : kBad) {
    EXPECT_EQ(ReadRtApp("f.json", one.text, kCpus).status().message(), one.error) << one.text;
  }
}

std::string Example(const std::string& name) {
  return "tools/schedsim/workload_file/examples/" + name + ".json";
}

sim::SimulationOptions Options(const sim::Workload& workload, int nr_cpus) {
  return {.topology = {.cores_per_llc = nr_cpus}, .workload = workload, .duration = Millis(100)};
}

sim::RunResult RunFifo(const sim::Workload& workload, int nr_cpus) {
  return sim::RunSimulation(Options(workload, nr_cpus), sim::Simulated<FifoPolicy>());
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
  EXPECT_EQ(FindWorkload("/", 2).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(FindWorkload(Example("periodic"), 2)->duration, Seconds(1));
}

TEST(WorkloadArgument, AnEmptyFileIsNoWorkload) {
  const std::string path = testing::TempDir() + "/empty.json";
  std::ofstream(path).close();
  EXPECT_EQ(FindWorkload(path, 2).status().message(),
            path + ":1: Syntax error: value, object or array expected.");
}

// The same tasks, so the same run to the last event.
TEST(WorkloadArgument, AFileRunsLikeTheBuiltinThatItDescribes) {
  const RtAppFile file = Read(R"({"tasks": {
      "nice-5": {"instance": 2, "priority": -5, "run": 1000000},
      "nice0": {"instance": 2, "run": 1000000},
      "nice5": {"instance": 2, "priority": 5, "run": 1000000},
      "nice10": {"instance": 2, "priority": 10, "run": 1000000}}})");
  const sim::RunResult once = RunFifo(file.workload, 2);
  EXPECT_EQ(once.failure, "");
  EXPECT_EQ(once.hash, RunFifo(FindWorkload("nice", 2)->workload, 2).hash);
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
