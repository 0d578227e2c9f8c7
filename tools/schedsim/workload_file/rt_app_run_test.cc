// SPDX-License-Identifier: Apache-2.0
//
// What tasks of a file of rt-app do when they run, as far as it can be seen: where, when and for
// how long.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "framework/sim/core/trace.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"
#include "tools/schedsim/workload_file/workload_file.h"

namespace scxx {
namespace {

RtAppFile Read(const std::string& text) {
  absl::StatusOr<RtAppFile> file = ReadRtApp("f.json", text, /*nr_cpus=*/4);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? *file : RtAppFile();
}

sim::SimulationOptions Options(const sim::Workload& workload, int nr_cpus) {
  return {.topology = {.cores_per_llc = nr_cpus}, .workload = workload, .duration = Millis(100)};
}

sim::RunResult RunFifo(const sim::SimulationOptions& options) {
  return sim::RunSimulation(options, sim::Simulated<FifoPolicy>());
}

sim::RunResult RunFifo(const sim::Workload& workload, int nr_cpus) {
  return RunFifo(Options(workload, nr_cpus));
}

TEST(RtAppRun, APhaseRunsOnItsCpus) {
  const RtAppFile file = Read(R"({"tasks": {"t": {"cpus": [3], "phases": {
      "a": {"cpus": [1], "run": 2000, "run": 2000},
      "b": {"loop": 3, "run": 1000, "sleep": 100}}}}})");
  int last = -1;
  sim::SimulationOptions options = Options(file.workload, 4);
  options.tracer = [&](const sim::TraceRecord& record, absl::string_view comm) {
    if (record.kind == sim::TraceKind::kRunning && comm == "t") last = record.cpu;
  };
  options.duration = Millis(3);
  EXPECT_EQ(RunFifo(options).failure, "");
  EXPECT_EQ(last, 1);
  options.duration = Millis(6);
  EXPECT_EQ(RunFifo(options).failure, "");
  EXPECT_EQ(last, 3);
}

TEST(RtAppRun, AnIdleTaskGetsItsTinyShare) {
  const RtAppFile file = Read(R"({"tasks": {
      "idle": {"policy": "SCHED_IDLE", "run": 1000000},
      "batch": {"policy": "SCHED_BATCH", "run": 1000000},
      "other": {"run": 1000000}}})");
  sim::SimulationOptions options = Options(file.workload, 1);
  options.duration = Seconds(2);
  const sim::RunResult result = sim::RunSimulation(options, sim::Simulated<VruntimePolicy>());
  EXPECT_EQ(result.failure, "");
  EXPECT_LT(result.groups[0].cpu_time, Millis(40));
  EXPECT_GT(result.groups[1].cpu_time, Millis(900));
  EXPECT_GT(result.groups[2].cpu_time, Millis(900));
}

TEST(RtAppRun, ADeadlineTaskHasItsBudget) {
  const RtAppFile file = Read(R"({"tasks": {
      "dl": {"policy": "SCHED_DEADLINE", "dl-runtime": 3000, "dl-period": 10000, "run": 1000000},
      "other": {"run": 1000000}}})");
  const sim::RunResult result = RunFifo(file.workload, 1);
  EXPECT_EQ(result.failure, "");
  EXPECT_NEAR(static_cast<double>(result.groups[0].cpu_time.count()), 30e6, 1e6);
  EXPECT_GT(result.groups[1].cpu_time, Millis(60));
}

TEST(RtAppRun, OneResumeWakesAllWhoSuspendByItsName) {
  const RtAppFile file = Read(R"({"tasks": {
      "a": {"suspend": "both", "run": 100}, "b": {"instance": 2, "suspend": "both", "run": 100},
      "c": {"sleep": 10000, "resume": "both"}}})");
  const sim::RunResult result = RunFifo(file.workload, 4);
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.groups[0].wakeups, 9u);
  EXPECT_EQ(result.groups[1].wakeups, 18u);
}

// ---- timers ----

using Wakeups = std::vector<int64_t>;

// The milliseconds, rounded, at which task `name` wakes before 100 ms are over.
Wakeups WakeupsOf(absl::string_view name, const std::string& tasks, int nr_cpus = 2) {
  sim::SimulationOptions options = Options(Read("{\"tasks\": {" + tasks + "}}").workload, nr_cpus);
  Instant start;
  Wakeups wakeups;
  options.tracer = [&](const sim::TraceRecord& record, absl::string_view comm) {
    if (start == Instant()) start = record.time;
    if (record.kind != sim::TraceKind::kRunnable || comm != name) return;
    if (record.time != start) wakeups.push_back((record.time - start + Micros(500)) / Millis(1));
  };
  EXPECT_EQ(RunFifo(options).failure, "");
  return wakeups;
}

TEST(RtAppTimer, WithoutTimeLeftThereIsNoPause) {
  const sim::RunResult result = RunFifo(
      Read(R"({"tasks": {"t": {"run": 30000, "timer": {"ref": "unique", "period": 30000}}}})")
          .workload,
      1);
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(result.groups[0].cpu_time, Millis(94));  // counted up to its last tick
}

// One turn takes 30 ms of a period of 20, and the next ones 10.
std::string LateOnce(const std::string& mode) {
  const std::string timer = R"("timer": {"ref": "unique", "period": 20000)" + mode + "}";
  return R"("t": {"loop": 1, "phases": {"late": {"run": 30000, )" + timer +
         R"(}, "then": {"loop": -1, "run": 5000, )" + timer + "}}}";
}

TEST(RtAppTimer, ALateOneCountsAnewIfRelative) {
  EXPECT_EQ(WakeupsOf("t", LateOnce("")), (Wakeups{50, 70, 90}));
  EXPECT_EQ(WakeupsOf("t", LateOnce(R"(, "mode": "relative")")), (Wakeups{50, 70, 90}));
}

TEST(RtAppTimer, ALateOneCatchesUpIfAbsolute) {
  EXPECT_EQ(WakeupsOf("t", LateOnce(R"(, "mode": "absolute")")), (Wakeups{40, 60, 80}));
}

TEST(RtAppTimer, CountsFromTheEndOfTheDelay) {
  EXPECT_EQ(WakeupsOf("t", R"("t": {"delay": 8000, "run": 1000,
                                    "timer": {"ref": "unique", "period": 16000}})"),
            (Wakeups{8, 24, 40, 56, 72, 88}));
}

// A first use that is late already: what a phase has slept before stays between the tasks.
TEST(RtAppTimer, CountsFromItsFirstUseIfThatIsLate) {
  EXPECT_EQ(WakeupsOf("t", R"("t": {"loop": 1, "phases": {
                "delay": {"loop": 1, "sleep": 23000},
                "0": {"loop": -1, "run": 1000, "timer": {"ref": "unique", "period": 20000}}}})"),
            (Wakeups{23, 44, 64, 84}));
}

TEST(RtAppTimer, EachUseAddsItsOwnPeriod) {
  EXPECT_EQ(WakeupsOf("t", R"("t": {"run": 1000, "timer": {"ref": "unique", "period": 10000},
                                    "run1": 1000, "timer1": {"ref": "unique", "period": 7000}})"),
            (Wakeups{10, 17, 27, 34, 44, 51, 61, 68, 78, 85, 95}));
}

TEST(RtAppTimer, TwoRefsAreTwoTimers) {
  EXPECT_EQ(WakeupsOf("t", R"("t": {"run": 1000, "timer": {"ref": "uniqueA", "period": 10000},
                                    "run1": 1000, "timer1": {"ref": "uniqueB", "period": 25000}})"),
            (Wakeups{10, 25, 50, 75}));
}

TEST(RtAppTimer, AllWhoNameItShareOneThatIsNotUnique) {
  const std::string tasks = R"("a": {"sleep": 1000, "timer": {"ref": "tick", "period": 10000}},
                               "b": {"sleep": 2000, "timer": {"ref": "tick", "period": 10000}})";
  EXPECT_EQ(WakeupsOf("a", tasks), (Wakeups{1, 10, 11, 30, 31, 50, 51, 70, 71, 90, 91}));
  EXPECT_EQ(WakeupsOf("b", tasks), (Wakeups{2, 20, 22, 40, 42, 60, 62, 80, 82}));
}

// ---- loops ----

TEST(RtAppLoop, APhaseComesAsOftenAsItsLoopSaysEachTime) {
  EXPECT_EQ(WakeupsOf("t", R"("t": {"loop": 2, "phases": {
                "a": {"loop": 3, "sleep": 1000}, "b": {"sleep": 5000}, "c": {"loop": 2, "sleep": 2000}}})"),
            (Wakeups{1, 2, 3, 8, 10, 12, 13, 14, 15, 20, 22, 24}));
}

TEST(RtAppLoop, MayBeLong) {
  EXPECT_EQ(WakeupsOf("t", R"("t": {"phases": {"a": {"loop": 1000000000, "sleep": 30000}}})"),
            (Wakeups{30, 60, 90}));
}

// ---- run time ----

TEST(RtAppRun, ARuntimeEndsByTheClock) {
  const std::string task = R"({"cpus": [0], "loop": 1, "runtime": 40000})";
  const sim::RunResult result =
      RunFifo(Read("{\"tasks\": {\"a\": " + task + ", \"b\": " + task + "}}").workload, 1);
  EXPECT_EQ(result.failure, "");
  const Nanos both = result.groups[0].cpu_time + result.groups[1].cpu_time;
  EXPECT_GT(both, Millis(40));
  EXPECT_LT(both, Millis(50));
}

}  // namespace
}  // namespace scxx
