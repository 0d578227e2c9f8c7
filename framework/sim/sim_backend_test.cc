// SPDX-License-Identifier: Apache-2.0
//
// The simulator's backend under the audit that a kernel's passes too
// (tests/kernel/backend_audit_test.cc); and the audit under backends that are broken.
#include "framework/sim/sim_backend.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/channel/default_config.h"
#include "framework/machine/backend.h"
#include "framework/machine/testing/backend_audit.h"
#include "framework/sim/computer.h"
#include "framework/sim/load/workload.h"
#include "framework/topology/topology.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx::sim {
namespace {

using testing::StartsWith;

// Tasks of all kinds, some on CPU 0 alone.
Workload MixedAndPinned(int nr_cpus) {
  Workload workload = *BuiltinWorkload("mixed", nr_cpus);
  const Workload forks = *BuiltinWorkload("forks", nr_cpus);
  for (TaskGroup group : forks.groups) {
    for (Step& step : group.steps) step.group += static_cast<uint32_t>(workload.groups.size());
    workload.groups.push_back(group);
  }
  CpuSet first;
  first.Add(CpuId(0));
  workload.groups.push_back({.name = "pinned",
                             .count = 2,
                             .allowed = first,
                             .steps = {Run(Micros(200)), Sleep(Micros(300))}});
  return workload;
}

// The audit of 200 ms, of a backend that is made of the simulator's. The last CPU is offline.
BackendAuditReport Audit(int nr_cpus, const std::function<Backend*(SimBackend*)>& wrap) {
  const Topology topology = Topology::Synthetic({.cores_per_llc = nr_cpus});
  const Workload workload = MixedAndPinned(nr_cpus);
  Computer computer(topology, workload,
                    {.duration = Millis(200), .config = DefaultConfig(nr_cpus, 1024)});
  if (nr_cpus > 1) computer.SetOnline(nr_cpus - 1, false);
  computer.Start();
  SimBackend backend(computer, {});
  BackendAudit audit(*wrap(&backend));
  while (audit.RunCycle() == RunState::kRunning) {
  }
  EXPECT_EQ(computer.failure(), "");
  return audit.report();
}

TEST(SimBackend, PassesTheAudit) {
  for (const int cpus : {1, 4}) {
    const BackendAuditReport report = Audit(cpus, [](SimBackend* backend) { return backend; });
    EXPECT_STREQ(report.violation, "");
    EXPECT_GT(report.runnable, 100u);
    EXPECT_GT(report.accepted, 100u);
    EXPECT_GT(report.withdrawn + report.gone, 0u);
    EXPECT_GT(report.stale, 10u);
    if (cpus > 1) {
      EXPECT_GT(report.not_allowed, 10u);
      EXPECT_GT(report.offline, 10u);
    }
  }
}

enum class Defect {
  kNone,
  kAcceptsStale,
  kForgetsAffinity,
  kRepeatsEvents,
  kTurnsTimeBack,
  kNeverEnds,
  kWithdrawsTheNext,
  kForgetsACpu,
  kAcceptsOffline,
};

class Mutant final : public Backend {
 public:
  Mutant(Defect defect, Backend* backend) : defect_(defect), backend_(*backend) {}

  PolicyLimits limits() const override { return backend_.limits(); }
  const Topology& topology() const override { return backend_.topology(); }
  Instant Now() override { return backend_.Now(); }
  CpuSet AllowedCpus(TaskId task) const override { return backend_.AllowedCpus(task); }
  void IsHeld(absl::Span<const HeldTask> tasks, absl::Span<bool> held) override {
    backend_.IsHeld(tasks, held);
  }

  const Cycle& Poll(absl::Span<BackendEvent> events) override {
    cycle_ = backend_.Poll(events);
    const size_t n = cycle_.nr_events;
    if (n > 0 && n < events.size() && defect_ == Defect::kRepeatsEvents) {
      events[cycle_.nr_events++] = events[n - 1];
    }
    if (n > 0 && n < events.size() && defect_ == Defect::kWithdrawsTheNext) {
      events[n] = events[n - 1];
      events[n].kind = scxx::EventKind::kWithdrawn;
      ++events[n].enqueue;
      ++cycle_.nr_events;
    }
    if (defect_ == Defect::kTurnsTimeBack && ++polls_ == 100) cycle_.now = Instant();
    if (defect_ == Defect::kForgetsACpu) cycle_.rooms.remove_suffix(1);
    return cycle_;
  }

  void Dispatch(absl::Span<const BackendDispatch> dispatches,
                absl::Span<DispatchOutcome> outcomes) override {
    backend_.Dispatch(dispatches, outcomes);
    for (DispatchOutcome& outcome : outcomes) {
      const DispatchOutcome wrong =
          defect_ == Defect::kAcceptsStale      ? DispatchOutcome::kStale
          : defect_ == Defect::kForgetsAffinity ? DispatchOutcome::kNotAllowed
          : defect_ == Defect::kAcceptsOffline  ? DispatchOutcome::kOffline
                                                : DispatchOutcome::kAccepted;
      if (outcome == wrong) outcome = DispatchOutcome::kAccepted;
    }
  }

  RunState Park(const ParkRequest& request) override {
    const RunState state = backend_.Park(request);
    const bool again = state == RunState::kExited && ++exits_ > 1;
    return again && defect_ == Defect::kNeverEnds ? RunState::kRunning : state;
  }

 private:
  const Defect defect_;
  Backend& backend_;
  Cycle cycle_;
  int polls_ = 0;
  int exits_ = 0;
};

std::string ViolationOf(Defect defect) {
  std::unique_ptr<Mutant> mutant;
  return Audit(4,
               [&](SimBackend* backend) {
                 mutant = std::make_unique<Mutant>(defect, backend);
                 return mutant.get();
               })
      .violation;
}

TEST(BackendAudit, SeesWhatIsBroken) {
  EXPECT_EQ(ViolationOf(Defect::kNone), "");
  EXPECT_THAT(ViolationOf(Defect::kAcceptsStale), StartsWith("a decision for another wait"));
  EXPECT_THAT(ViolationOf(Defect::kForgetsAffinity), StartsWith("a decision for a CPU that"));
  EXPECT_THAT(ViolationOf(Defect::kRepeatsEvents), StartsWith("a task's waits are not numbered"));
  EXPECT_THAT(ViolationOf(Defect::kTurnsTimeBack), StartsWith("time runs backwards"));
  EXPECT_THAT(ViolationOf(Defect::kNeverEnds), StartsWith("ran on after kExited"));
  EXPECT_THAT(ViolationOf(Defect::kWithdrawsTheNext), StartsWith("withdrew a wait that was never"));
  EXPECT_THAT(ViolationOf(Defect::kForgetsACpu), StartsWith("the room of each CPU"));
  EXPECT_THAT(ViolationOf(Defect::kAcceptsOffline), StartsWith("a decision for a CPU that is off"));
}

}  // namespace
}  // namespace scxx::sim
