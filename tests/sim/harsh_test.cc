// SPDX-License-Identifier: Apache-2.0
//
// Loads that are harsh and ordinary all the same: crowds on one CPU, more tasks than slots, higher
// classes, busy kernel threads, SCHED_IDLE, CPUs that are not there, an agent that is late. A table
// of them, each with the policies that it makes sense for. The checker `bounded` ends a run in
// which a task waits for too long, and the kernel's reasons to eject a scheduler end it as well.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/core/trace.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/report.h"
#include "framework/sim/simulation.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"
#include "tests/sim/run_seed.h"

namespace scxx {
namespace {

using sim::TaskGroup;

const std::vector<sim::Step> kSpins = {sim::Run(Seconds(1))};

std::vector<sim::Step> Interactive() {
  return {sim::Sleep(Millis(1), Millis(8)), sim::Run(Micros(100), Micros(300))};
}

sim::SimulationOptions On(int cpus, std::vector<TaskGroup> groups, Nanos duration) {
  return {.topology = {.cores_per_llc = cpus},
          .workload = {.name = "harsh", .groups = std::move(groups)},
          .duration = duration,
          .liveness = duration / 2};
}

// The agent is stopped for up to 300 ms every now and then, in the first half.
void StopAgent(sim::SimulationOptions* options) {
  options->faults = {.stop_agent = Millis(300), .stop = Millis(300)};
  options->safety_bounds.max_idle = Millis(140);
}

double LoadOf(const TaskGroup& group) {
  return group.policy == sim::kSchedIdle ? Weight::Idle().load()
                                         : Weight::FromNice(group.nice).load();
}

// Each group has what its weight says of what all of them had together.
void ExpectShares(const std::vector<TaskGroup>& groups, const std::vector<Nanos>& times,
                  double tolerance) {
  double load = 0, all = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    load += groups[i].count * LoadOf(groups[i]);
    all += static_cast<double>(times[i].count());
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    const double expected = all * groups[i].count * LoadOf(groups[i]) / load;
    EXPECT_NEAR(static_cast<double>(times[i].count()), expected, expected * tolerance)
        << groups[i].name;
  }
}

std::vector<Nanos> TimesOf(const sim::RunResult& result) {
  std::vector<Nanos> times;
  for (const sim::GroupStats& group : result.groups) times.push_back(group.cpu_time);
  return times;
}

const auto kAll = testing::Values("fifo", "latency", "skeleton", "vruntime");
// Those that promise shares by weight.
bool IsWeighted(const std::string& policy) { return policy == "latency" || policy == "vruntime"; }
const auto kWeighted = testing::Values("latency", "vruntime");

std::string NameOf(const testing::TestParamInfo<std::string>& info) { return info.param; }

// ---- crowds ----

struct Crowd {
  const char* name;
  int tasks;
  std::optional<CpuSet> allowed;
  int cpus = 2;
};

CpuSet FirstTwo() { return CpuSet::FirstN(2); }

const Crowd kCrowds[] = {{"ThreeHundredOnOneCpuOfTwo", 300, CpuSet::Only(CpuId(0))},
                         {"ThousandOnOneCpuOfTwo", 1000, CpuSet::Only(CpuId(0))},
                         {"FourThousandOnTwoCpus", 4000, std::nullopt},
                         {"FourHundredOnTwoCpusOfFour", 400, FirstTwo(), 4},
                         {"ThousandOnTwoCpusOfEight", 1000, FirstTwo(), 8}};

enum class Stop { kNone, kOften, kLong };
const char* const kStopNames[] = {"", "WithStops", "WithALongStop"};

class Crowds : public testing::TestWithParam<std::tuple<std::string, Crowd, Stop>> {};

TEST_P(Crowds, HaveEachATurnInTime) {
  const auto& [policy, crowd, stop] = GetParam();
  sim::SimulationOptions options =
      On(crowd.cpus,
         {{.name = "spins", .count = crowd.tasks, .allowed = crowd.allowed, .steps = kSpins}},
         stop == Stop::kLong ? Seconds(12) : Millis(3500));
  options.max_tasks = 8192;
  if (stop == Stop::kOften) StopAgent(&options);
  if (stop == Stop::kLong) options.faults = {.stop_agent = Seconds(1), .stop = Seconds(7)};
  options.safety_bounds.max_idle = Millis(140);
  const sim::RunResult result = RunGood(policy, options);
  EXPECT_LT(result.longest_wait, Millis(1250));
  EXPECT_GT(OfACpu(result, 0), crowd.allowed ? 90 * crowd.allowed->size() : 180);
  EXPECT_EQ(result.fallbacks > 0, stop != Stop::kNone);
}

INSTANTIATE_TEST_SUITE_P(All, Crowds,
                         testing::Combine(kAll, testing::ValuesIn(kCrowds),
                                          testing::Values(Stop::kNone, Stop::kOften, Stop::kLong)),
                         [](const auto& info) {
                           return absl::StrCat(
                               std::get<0>(info.param), std::get<1>(info.param).name,
                               kStopNames[static_cast<int>(std::get<2>(info.param))]);
                         });

// ---- more tasks than slots ----

class FewSlots : public testing::TestWithParam<std::tuple<std::string, bool>> {
 protected:
  std::string policy() const { return std::get<0>(GetParam()); }
  bool stops() const { return std::get<1>(GetParam()); }
};

// As the slots go to those that come first, the others are without one for good.
TEST_P(FewSlots, TheOthersHaveTheirShareByWeight) {
  const bool weighted = IsWeighted(policy());
  const std::vector<TaskGroup> groups = {
      {.name = "slotted", .count = 4, .steps = kSpins},
      {.name = "slotless", .count = 4, .steps = kSpins},
      {.name = "slotless5", .count = 2, .nice = weighted ? 5 : 0, .steps = kSpins}};
  sim::SimulationOptions options = On(2, groups, Seconds(6));
  options.workload.setting.max_tasks = 5;
  if (stops()) StopAgent(&options);
  ExpectShares(groups, TimesOf(RunGood(policy(), options)), 0.15);
}

// The same where some CPUs are all that they have.
TEST_P(FewSlots, AlsoOnSomeOfTheCpus) {
  const std::vector<TaskGroup> groups = {
      {.name = "slotted", .count = 4, .allowed = FirstTwo(), .steps = kSpins},
      {.name = "slotless", .count = 6, .allowed = FirstTwo(), .steps = kSpins}};
  sim::SimulationOptions options = On(4, groups, Seconds(6));
  options.workload.setting.max_tasks = 5;
  if (stops()) StopAgent(&options);
  ExpectShares(groups, TimesOf(RunGood(policy(), options)), 0.15);
}

TEST_P(FewSlots, TheOthersGetOneThatIsFree) {
  sim::SimulationOptions options =
      On(2,
         {{.name = "leaves", .count = 4, .loops = 1, .steps = {sim::Run(Millis(100))}},
          {.name = "stays", .count = 4, .steps = kSpins}},
         Seconds(3));
  options.workload.setting.max_tasks = 5;
  if (stops()) StopAgent(&options);
  const sim::RunResult result = RunGood(policy(), options);
  // Of those that leave there are less than 200, as no slice is shorter than 2 ms.
  EXPECT_GT(result.decisions, 300u);
}

// They begin first, and never do anything again.
TEST_P(FewSlots, SleepersOfOneUserLeaveSomeToOthers) {
  sim::SimulationOptions options =
      On(2,
         {{.name = "sleeps", .count = 200, .uid = 1000, .steps = {sim::Wait()}},
          {.name = "hog", .count = 3, .uid = 1001, .steps = kSpins},
          {.name = "ui", .uid = 1002, .steps = Interactive()}},
         Seconds(2));
  options.workload.setting.max_tasks = 64;
  if (stops()) StopAgent(&options);
  // One of a hog's slices after the other is 200 at the least.
  EXPECT_GT(RunGood(policy(), options).decisions, 400u);
}

std::string NameWithStops(const testing::TestParamInfo<std::tuple<std::string, bool>>& info) {
  return absl::StrCat(std::get<0>(info.param), std::get<1>(info.param) ? "WithStops" : "");
}

INSTANTIATE_TEST_SUITE_P(All, FewSlots, testing::Combine(kAll, testing::Bool()), NameWithStops);

// ---- higher classes ----

// Where the hog of a higher class is, seen from the agent.
enum class Where { kElsewhere, kOnTheAgents, kOnItsOwn, kBesideItsOwn };
// `run` of each `period`; for good if that is zero.
struct Hog {
  const char* name;
  Nanos run, period;
  Where where;

  std::vector<sim::Step> steps() const {
    return period == Nanos() ? kSpins : std::vector{sim::Period(period), sim::Run(run)};
  }
  // What it leaves of its CPU, in per cent.
  double rest() const {
    return period == Nanos() ? 0 : 100 - 100.0 * static_cast<double>(run.count()) / period.count();
  }
};
const Hog kHogs[] = {{"ForGood", {}, {}, Where::kElsewhere},
                     {"InBursts", Millis(2), Millis(10), Where::kElsewhere},
                     {"InLongBursts", Millis(6), Millis(20), Where::kElsewhere},
                     {"InLongerBursts", Millis(20), Millis(40), Where::kElsewhere},
                     {"ForNearlyAllOfAPeriod", Millis(95), Millis(100), Where::kElsewhere},
                     {"ForGoodOnTheAgents", {}, {}, Where::kOnTheAgents},
                     {"InBurstsOnTheAgents", Millis(2), Millis(10), Where::kOnTheAgents},
                     {"ForGoodOnItsOwnCpu", {}, {}, Where::kOnItsOwn},
                     {"InBurstsOnItsOwnCpu", Millis(2), Millis(10), Where::kOnItsOwn},
                     {"ForGoodBesideItsOwnCpu", {}, {}, Where::kBesideItsOwn},
                     {"InBurstsBesideItsOwnCpu", Millis(2), Millis(10), Where::kBesideItsOwn}};

class HigherClass : public testing::TestWithParam<std::tuple<std::string, Hog>> {
 protected:
  std::string policy() const { return std::get<0>(GetParam()); }
  const Hog& hog() const { return std::get<1>(GetParam()); }

  // An agent's own CPU is there for others while a higher class keeps all the rest.
  double left_for_others() const {
    if (hog().where == Where::kOnItsOwn) return 90;
    if (hog().where == Where::kBesideItsOwn) return std::max(60.0, hog().rest() * 0.75);
    return 90 + hog().rest() * 0.75;
  }

  // On CPU 0, one of two.
  sim::SimulationOptions Options(std::vector<TaskGroup> groups, Nanos duration) const {
    groups.push_back({.name = "rt",
                      .allowed = CpuSet::Only(CpuId(0)),
                      .policy = sim::kSchedFifo,
                      .steps = hog().steps()});
    sim::SimulationOptions options = On(2, std::move(groups), duration);
    sim::Setting& setting = options.workload.setting;
    if (hog().where == Where::kOnTheAgents) setting.agent_allowed = CpuSet::Only(CpuId(0));
    if (hog().where == Where::kOnItsOwn) setting.agent_cpu = 0;
    if (hog().where == Where::kBesideItsOwn) setting.agent_cpu = 1;
    // An agent that may use this CPU only comes with the deadline server; then there are fallbacks.
    options.safety_bounds.max_idle = options.liveness_bounds.max_idle = Millis(200);
    return options;
  }
};

// The server leaves sched_ext a twentieth.
TEST_P(HigherClass, PinnedTasksHaveWhatIsLeft) {
  const sim::RunResult result = RunGood(
      policy(),
      Options({{.name = "pinned", .count = 2, .allowed = CpuSet::Only(CpuId(0)), .steps = kSpins}},
              Seconds(4)));
  EXPECT_GT(OfACpu(result, 0), std::max(3.0, hog().rest() * 0.6));
  EXPECT_LT(sim::LatencyOf(result.groups[0], 100), Seconds(1));
}

TEST_P(HigherClass, OthersHaveTheOtherCpu) {
  const sim::RunResult result =
      RunGood(policy(), Options({{.name = "hog", .count = 3, .steps = kSpins},
                                 {.name = "ui", .count = 2, .steps = Interactive()}},
                                Seconds(2)));
  const double of_a_cpu = OfACpu(result, 0) + OfACpu(result, 1);
  EXPECT_GT(of_a_cpu, left_for_others());
  EXPECT_LT(sim::LatencyOf(result.groups[1], 99), Millis(60));
}

INSTANTIATE_TEST_SUITE_P(All, HigherClass, testing::Combine(kAll, testing::ValuesIn(kHogs)),
                         [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param),
                                               std::get<1>(info.param).name);
                         });

// All can run elsewhere, in their turn.
class HigherClassAndACrowd : public testing::TestWithParam<std::tuple<std::string, Hog, int>> {};

TEST_P(HigherClassAndACrowd, EachHasATurnInTime) {
  const auto& [policy, hog, slots] = GetParam();
  sim::SimulationOptions options = On(2,
                                      {{.name = "spins", .count = 80, .steps = kSpins},
                                       {.name = "rt",
                                        .allowed = CpuSet::Only(CpuId(1)),
                                        .policy = sim::kSchedFifo,
                                        .steps = hog.steps()}},
                                      Seconds(6));
  options.workload.setting.max_tasks = slots;
  options.safety_bounds.max_idle = options.liveness_bounds.max_idle = Millis(200);
  EXPECT_LT(RunGood(policy, options).longest_wait, Millis(1250));
}

INSTANTIATE_TEST_SUITE_P(All, HigherClassAndACrowd,
                         testing::Combine(kAll,
                                          testing::Values(kHogs[0], kHogs[1], kHogs[3], kHogs[4]),
                                          testing::Values(5, 64, 1024)),
                         [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param),
                                               std::get<1>(info.param).name,
                                               std::get<2>(info.param), "Slots");
                         });

// Nothing can run elsewhere, not even the agent.
class HigherClassEverywhere : public testing::TestWithParam<std::tuple<std::string, int>> {};

TEST_P(HigherClassEverywhere, TasksHaveWhatTheServerGives) {
  const auto& [policy, cpus] = GetParam();
  sim::SimulationOptions options = On(
      cpus,
      {{.name = "pinned", .count = cpus, .per_cpu = true, .steps = kSpins},
       {.name = "free", .count = 2 * cpus, .steps = kSpins},
       {.name = "ui", .steps = Interactive()},
       {.name = "rt", .count = cpus, .per_cpu = true, .policy = sim::kSchedFifo, .steps = kSpins}},
      Seconds(8));
  options.safety_bounds.max_idle = options.liveness_bounds.max_idle = Millis(200);
  const sim::RunResult result = RunGood(policy, options);
  EXPECT_GT(OfACpu(result, 0) + OfACpu(result, 1) + OfACpu(result, 2), 3.0 * cpus);
}

INSTANTIATE_TEST_SUITE_P(All, HigherClassEverywhere,
                         testing::Combine(kAll, testing::Values(1, 2, 4)), [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param), "On",
                                               std::get<1>(info.param));
                         });

// ---- kernel threads ----

class KernelThreads : public testing::TestWithParam<std::tuple<std::string, int>> {};

TEST_P(KernelThreads, ThatAreBusyShareTheirCpuFairly) {
  const auto& [policy, count] = GetParam();
  const std::vector<TaskGroup> groups = {
      {.name = "pinned", .allowed = CpuSet::Only(CpuId(0)), .steps = kSpins},
      {.name = "kthread",
       .count = count,
       .allowed = CpuSet::Only(CpuId(0)),
       .kthread = true,
       .steps = kSpins}};
  const std::vector<Nanos> times = TimesOf(RunGood(policy, On(2, groups, Seconds(4))));
  // One and one take turns, and are as long at it as the policy's slice and the kernel's are: two
  // ticks and one.
  ExpectShares(groups, times, count == 1 && !IsWeighted(policy) ? 0.35 : 0.2);
}

INSTANTIATE_TEST_SUITE_P(All, KernelThreads, testing::Combine(kAll, testing::Range(1, 4)),
                         [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param), "Beside",
                                               std::get<1>(info.param));
                         });

class EachPolicy : public testing::TestWithParam<std::string> {};

// Two on every CPU, one of them nice, beside tasks that are not pinned.
TEST_P(EachPolicy, KernelThreadsOfEveryCpuHaveTheirShare) {
  const std::vector<TaskGroup> groups = {
      {.name = "task", .count = 4, .steps = kSpins},
      {.name = "kthread", .count = 4, .per_cpu = true, .kthread = true, .steps = kSpins},
      {.name = "nice", .count = 4, .nice = 5, .per_cpu = true, .kthread = true, .steps = kSpins}};
  const sim::RunResult result = RunGood(GetParam(), On(4, groups, Seconds(4)));
  // By weight 43 % of each CPU, and 14 %.
  EXPECT_GT(OfACpu(result, 0), 4 * 43 * 0.8);
  EXPECT_GT(OfACpu(result, 1), 4 * 43 * 0.65);
  EXPECT_GT(OfACpu(result, 2), 4 * 14 * 0.65);
}

// As those of a storage driver.
TEST_P(EachPolicy, KernelThreadsThatWakeTogetherLeaveTimeToTasks) {
  const sim::RunResult result = RunGood(
      GetParam(), On(2,
                     {{.name = "pinned", .allowed = CpuSet::Only(CpuId(0)), .steps = kSpins},
                      {.name = "kthread",
                       .count = 64,
                       .allowed = CpuSet::Only(CpuId(0)),
                       .kthread = true,
                       .steps = {sim::Period(Millis(400)), sim::Run(Millis(3))}}},
                     Seconds(4)));
  EXPECT_GT(OfACpu(result, 0), 40);
  EXPECT_LT(sim::LatencyOf(result.groups[0], 100), Millis(60));
}

TEST_P(EachPolicy, ServesKernelThreadsThatSleepAtOnce) {
  const std::vector<sim::Step> short_runs = {sim::Sleep(Millis(2), Millis(8)),
                                             sim::Run(Micros(20), Micros(80))};
  const sim::RunResult result = RunGood(
      GetParam(),
      On(2,
         {{.name = "bound", .count = 4, .per_cpu = true, .kthread = true, .steps = short_runs},
          {.name = "unbound", .count = 2, .kthread = true, .steps = short_runs},
          {.name = "hog", .count = 4, .steps = kSpins}},
         Seconds(2)));
  for (size_t i = 0; i < 2; ++i) EXPECT_LT(sim::LatencyOf(result.groups[i], 99), Millis(1));
  EXPECT_GT(OfACpu(result, 2), 185);
}

// ---- few CPUs of many ----

TEST_P(EachPolicy, DoesNotNoticeCpusThatAreNotThere) {
  const bool weighted = IsWeighted(GetParam());
  const std::vector<TaskGroup> groups = {
      {.name = "hog", .count = 4, .steps = kSpins},
      {.name = "nice", .count = 2, .nice = weighted ? 5 : 0, .steps = kSpins}};
  for (const int possible : {2, 8, 64, 128, 240}) {
    sim::SimulationOptions options = On(2, groups, Seconds(3));
    options.workload.setting.possible_cpus = possible;
    const sim::RunResult result = RunGood(GetParam(), options);
    ExpectShares(groups, TimesOf(result), 0.05);
    EXPECT_GT(OfACpu(result, 0) + OfACpu(result, 1), 195) << possible;
  }
}

// ---- an agent of one CPU ----

TEST_P(EachPolicy, AnswersSoonThoughItsAgentMayUseTheLastCpuOnly) {
  for (const int cpus : {2, 4}) {
    sim::SimulationOptions options = On(
        cpus, {{.name = "ui", .count = cpus, .per_cpu = true, .steps = Interactive()}}, Seconds(2));
    options.workload.setting.agent_allowed = CpuSet::Only(CpuId(cpus - 1));
    EXPECT_LT(sim::LatencyOf(RunGood(GetParam(), options).groups[0], 99), Millis(1)) << cpus;
  }
}

// ---- nothing to do ----

// How often the agent was put on a CPU after the first second.
uint64_t ActivationsOf(const std::string& policy, sim::SimulationOptions options) {
  uint64_t activations = 0;
  std::optional<Instant> began;
  options.sink = [&](const sim::TraceRecord& record) {
    if (!began) began = record.time;
    if (record.kind != sim::TraceKind::kRunning || record.task != 0) return;
    activations += record.time - *began > Seconds(1);
  };
  RunGood(policy, options);
  return activations;
}

TEST_P(EachPolicy, HardlyRunsOnAnIdleMachine) {
  EXPECT_LE(
      ActivationsOf(GetParam(), On(4, {{.name = "sleeps", .steps = {sim::Wait()}}}, Seconds(11))),
      10u);
}

// A higher class keeps the only CPU that the task may use.
TEST_P(EachPolicy, HardlyRunsBesideATaskThatNoIdleCpuMayRun) {
  const std::vector<TaskGroup> groups = {
      {.name = "rt", .allowed = CpuSet::Only(CpuId(0)), .policy = sim::kSchedFifo, .steps = kSpins},
      {.name = "pinned", .allowed = CpuSet::Only(CpuId(0)), .steps = kSpins}};
  EXPECT_LE(ActivationsOf(GetParam(), On(4, groups, Seconds(6))), 5u);
}

INSTANTIATE_TEST_SUITE_P(All, EachPolicy, kAll, NameOf);

// ---- classes ----

class Weighted : public testing::TestWithParam<std::string> {};

TEST_P(Weighted, SchedIdleHasLittleAndNotNothing) {
  for (const int cpus : {1, 2}) {
    for (const int idle : {1, 4}) {
      const sim::RunResult result = RunGood(
          GetParam(),
          On(cpus,
             {{.name = "normal", .count = 2 * cpus, .steps = kSpins},
              {.name = "idle", .count = idle * cpus, .policy = sim::kSchedIdle, .steps = kSpins}},
             Seconds(8)));
      EXPECT_LE(sim::ShareOf(result.groups[1].cpu_time, result), 1.0) << idle;
      EXPECT_GT(result.groups[1].cpu_time, Nanos::Zero());
    }
  }
}

TEST_P(Weighted, SchedBatchHasItsWeight) {
  const std::vector<TaskGroup> groups = {
      {.name = "normal", .count = 2, .steps = kSpins},
      {.name = "batch", .count = 2, .policy = sim::kSchedBatch, .steps = kSpins},
      {.name = "batch5", .count = 2, .nice = 5, .policy = sim::kSchedBatch, .steps = kSpins}};
  ExpectShares(groups, TimesOf(RunGood(GetParam(), On(2, groups, Seconds(4)))), 0.05);
}

INSTANTIATE_TEST_SUITE_P(All, Weighted, kWeighted, NameOf);

// ---- fallbacks ----

// What groups get while the agent is stopped, and later.
class Clock {
 public:
  explicit Clock(std::vector<TaskGroup> groups)
      : groups_(std::move(groups)), during_(groups_.size()), after_(groups_.size()) {
    for (size_t i = 0; i < groups_.size(); ++i)
      group_of_.insert(group_of_.end(), groups_[i].count, i);
  }

  void Add(const sim::TraceRecord& record) {
    if (record.task == sim::kNoTask) return;
    if (record.task == 0) return AddAgent(record);
    if (record.task > group_of_.size()) return;
    if (since_.size() <= record.task) since_.resize(record.task + 1);
    if (record.kind == sim::TraceKind::kRunning) since_[record.task] = record.time;
    if (record.kind == sim::TraceKind::kStopping) Stop(record.task, record.time);
  }

  Nanos longest_stop() const { return longest_; }
  const std::vector<Nanos>& during() const { return during_; }
  const std::vector<Nanos>& after() const { return after_; }

 private:
  void AddAgent(const sim::TraceRecord& record) {
    if (record.kind == sim::TraceKind::kQuiescent && !stopped_at_) stopped_at_ = record.time;
    if (record.kind != sim::TraceKind::kRunnable || !stopped_at_) return;
    longest_ = std::max(longest_, record.time - *stopped_at_);
    seen_ = true;
    stopped_at_.reset();
  }
  // A run that began before a stop and ended in it counts as of where it ended: it is a slice.
  void Stop(uint32_t task, Instant now) {
    if (!stopped_at_ && !seen_) return;
    (stopped_at_ ? during_ : after_)[group_of_[task - 1]] += now - since_[task];
  }

  const std::vector<TaskGroup> groups_;
  std::vector<size_t> group_of_;  // by task - 1
  std::vector<Instant> since_;    // by task
  std::vector<Nanos> during_;
  std::vector<Nanos> after_;
  std::optional<Instant> stopped_at_;
  bool seen_ = false;
  Nanos longest_;
};

class Fallback : public testing::TestWithParam<std::tuple<std::string, int>> {};

TEST_P(Fallback, OfASecondKeepsShares) {
  const auto& [policy, cpus] = GetParam();
  const std::vector<TaskGroup> groups = {
      {.name = "nice0", .count = 2 * cpus, .steps = kSpins},
      {.name = "nice5", .count = 2 * cpus, .nice = 5, .steps = kSpins}};
  sim::SimulationOptions options = On(cpus, groups, Seconds(6));
  options.liveness = Seconds(5);
  options.faults = {.stop_agent = Millis(400), .stop = Millis(1500)};
  // How long a stop is, is drawn.
  for (options.seed = 1; options.seed < 50; ++options.seed) {
    Clock clock(groups);
    options.sink = [&](const sim::TraceRecord& record) { clock.Add(record); };
    RunGood(policy, options);
    if (clock.longest_stop() < Millis(900)) continue;
    ExpectShares(groups, clock.during(), 0.1);
    ExpectShares(groups, clock.after(), 0.1);
    return;
  }
  FAIL() << "none of a second";
}

INSTANTIATE_TEST_SUITE_P(All, Fallback, testing::Combine(kWeighted, testing::Values(1, 2, 4)),
                         [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param), "On",
                                               std::get<1>(info.param), "Cpus");
                         });

}  // namespace
}  // namespace scxx
