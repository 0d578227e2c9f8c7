// SPDX-License-Identifier: Apache-2.0
//
// The simulator beside a kernel: the same loads, the same policies, one CPU. The clock of this
// machine counts instructions, so its figures repeat. The table that this prints is in
// docs/simulation.md. The bounds are wide: they repeat for one image only, because where the
// periodic task meets the ends of slices depends on every instruction before.

#include <signal.h>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/units.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/report.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/testing/program.h"
#include "schedulers/vruntime/vruntime_policy.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/hogs.h"
#include "tools/load/workloads/messages.h"
#include "tools/load/workloads/sleepers.h"

namespace scxx {
namespace {

// A figure of both; the error may be up to so many per cent of the kernel's.
void Compare(const char* what, double kernel, double simulated, double bound) {
  const double error = 100 * (simulated - kernel) / kernel;
  printf("| %s | %.4g | %.4g | %+.1f %% |\n", what, kernel, simulated, error);
  EXPECT_LE(std::abs(error), bound) << what;
}

struct OnKernel {
  load::LoadResult load;
  double decisions = 0;  // from the attach to the detach
};

// The number before `word`.
double NumberBefore(const std::string& text, const std::string& word) {
  const size_t end = text.find(word);
  if (end == std::string::npos) return 0;
  return std::atof(text.c_str() + text.rfind(' ', end - 1) + 1);
}

// The program as people start it, without the lines of statistics, whose thread is a load of its
// own.
OnKernel RunOnKernel(const std::string& name, load::Workload& workload, bool direct) {
  OnKernel result;
  Program program({"/bin/" + name, "--backend=kernel", "--stats_interval=0", "--duration=inf",
                   direct ? "--direct" : "--nodirect"});
  const bool attached = program.WaitForOutput("attached to Linux");
  EXPECT_TRUE(attached);
  if (!attached) return result;
  absl::StatusOr<load::LoadResult> load = load::RunLoad(workload);
  EXPECT_TRUE(load.ok()) << load.status();
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait(), 0) << program.err();
  if (load.ok()) result.load = *std::move(load);
  result.decisions = NumberBefore(program.out(), " decisions,");
  return result;
}

struct Simulated {
  sim::RunResult run;

  const sim::GroupStats& group(size_t i) const { return run.groups[i]; }
  double ShareOf(size_t i) const { return sim::ShareOf(run.groups[i].cpu_time, run); }
};

template <typename P>
Simulated RunSimulated(const sim::Workload& workload, Nanos duration, bool direct) {
  PolicyTraits traits = TraitsOf<P>();
  traits.direct = direct;
  Simulated simulated;
  const sim::SimulationOptions options{
      .topology = {.cores_per_llc = 1}, .workload = workload, .duration = duration};
  simulated.run =
      sim::RunSimulation(options, {.traits = traits, .make = [](const PolicyLimits& limits) {
                                     return AnyPolicy(*P::Create({}, limits));
                                   }});
  EXPECT_EQ(simulated.run.failure, "");
  return simulated;
}

const load::ClassResult& ClassOf(const load::LoadResult& result, const std::string& name) {
  static const load::ClassResult none;
  const load::ClassResult* found = result.FindClass(name);
  EXPECT_NE(found, nullptr) << name;
  return found == nullptr ? none : *found;
}

double SwitchesOf(const load::ClassResult& c) {
  return static_cast<double>(c.usage.voluntary_switches + c.usage.involuntary_switches);
}

void ComparePipes(bool direct) {
  constexpr int kPairs = 4;
  constexpr int kEachWay = 1000;
  constexpr double kMessages = 2.0 * kPairs * kEachWay;
  load::PipePairs pairs({.pairs = kPairs, .messages = 2 * kEachWay});
  const OnKernel kernel = RunOnKernel("fifo", pairs, direct);
  sim::TaskGroup pipe{
      .name = "pipe",
      .count = 2 * kPairs,
      .in_pairs = true,
      .loops = kEachWay,
      .steps = {sim::Run(Micros(6)), sim::Post(sim::PostTo::kPartner), sim::Wait()}};
  const Simulated simulated =
      RunSimulated<FifoPolicy>({.name = "pipes", .groups = {pipe}}, Millis(500), direct);
  const double switches =
      SwitchesOf(ClassOf(kernel.load, "pinger")) + SwitchesOf(ClassOf(kernel.load, "ponger"));
  Compare("switches a message", switches / kMessages,
          static_cast<double>(simulated.group(0).switches) / kMessages, 5);
  if (direct) return;
  Compare("decisions a message", kernel.decisions / kMessages,
          static_cast<double>(simulated.run.decisions) / kMessages, 10);
}

TEST(Fidelity, PipePairs) {
  printf("| 4 pipe pairs, 2,000 messages each, fifo asked each time | | | |\n");
  ComparePipes(/*direct=*/false);
  printf("| the same, direct dispatch | | | |\n");
  ComparePipes(/*direct=*/true);
}

TEST(Fidelity, HogsAndAPeriodicTask) {
  load::Periodic periodic(
      {.hogs = 3, .duration = absl::Seconds(4), .work_time = absl::Microseconds(300)});
  const OnKernel kernel = RunOnKernel("fifo", periodic, false);
  const Simulated simulated = RunSimulated<FifoPolicy>(
      {.name = "periodic",
       .groups = {{.name = "periodic", .steps = {sim::Period(Millis(5)), sim::Run(Micros(300))}},
                  {.name = "hog", .count = 3, .steps = {sim::Run(Seconds(1))}}}},
      Seconds(4), false);
  const load::ClassResult& task = ClassOf(kernel.load, "periodic");
  const load::ClassResult& hog = ClassOf(kernel.load, "hog");
  const double wall = static_cast<double>(kernel.load.wall.count());
  printf("| 3 hogs and a task every 5 ms, 4 s, fifo | | | |\n");
  Compare("wakeups", static_cast<double>(task.ops), static_cast<double>(simulated.group(0).wakeups),
          30);
  Compare("wakeup latency, p50, ms",
          static_cast<double>(task.latency.Percentile(50'000).count()) / 1e6,
          static_cast<double>(sim::LatencyOf(simulated.group(0), 50).count()) / 1e6, 30);
  Compare("wakeup latency, max, ms", static_cast<double>(task.latency.max().count()) / 1e6,
          static_cast<double>(simulated.group(0).max_latency.count()) / 1e6, 30);
  Compare("the hogs' share, %", 100 * static_cast<double>(hog.usage.cpu.count()) / wall,
          simulated.ShareOf(1), 5);
  Compare("the task's share, %", 100 * static_cast<double>(task.usage.cpu.count()) / wall,
          simulated.ShareOf(0), 30);
  Compare("the hogs' switches", SwitchesOf(hog), static_cast<double>(simulated.group(1).switches),
          50);
}

TEST(Fidelity, NiceMix) {
  const std::vector<int> nices = {0, 0, 5, 10};
  load::NiceMix mix({.nices = nices, .duration = absl::Seconds(4)});
  const OnKernel kernel = RunOnKernel("vruntime", mix, false);
  sim::Workload workload{.name = "nice_mix"};
  for (size_t i = 0; i < nices.size(); ++i) {
    workload.groups.push_back(
        {.name = "hog" + std::to_string(i), .nice = nices[i], .steps = {sim::Run(Seconds(1))}});
  }
  const Simulated simulated = RunSimulated<VruntimePolicy>(workload, Seconds(4), false);
  const double wall = static_cast<double>(kernel.load.wall.count());
  printf("| hogs of nice 0, 0, 5 and 10, 4 s, vruntime | | | |\n");
  for (size_t i = 0; i < nices.size(); ++i) {
    const std::string name = "hog" + std::to_string(i);
    const load::ClassResult& hog = ClassOf(kernel.load, name);
    Compare(("share of " + name + ", %").c_str(),
            100 * static_cast<double>(hog.usage.cpu.count()) / wall, simulated.ShareOf(i), 15);
    Compare(("switches of " + name).c_str(), SwitchesOf(hog),
            static_cast<double>(simulated.group(i).switches), 25);
  }
}

}  // namespace
}  // namespace scxx
