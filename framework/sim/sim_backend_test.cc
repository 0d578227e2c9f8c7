// SPDX-License-Identifier: Apache-2.0
//
// The simulator's backend under the audit that a kernel's passes too
// (tests/kernel/backend_audit_test.cc); and the audit under backends that are broken.
#include "framework/sim/sim_backend.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "bpf/wire.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/channel/default_config.h"
#include "framework/engine/engine.h"
#include "framework/machine/backend.h"
#include "framework/machine/testing/backend_audit.h"
#include "framework/machine/testing/forwarding_backend.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/test_fifo.h"
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

// The audit of 200 ms, of a backend that is made of the simulator's. The last CPU but one is
// offline.
BackendAuditReport Audit(int nr_cpus, const std::function<Backend*(SimBackend*)>& wrap) {
  const Topology topology = Topology::Synthetic({.cores_per_llc = nr_cpus});
  const Workload workload = MixedAndPinned(nr_cpus);
  Computer computer(topology, workload,
                    {.duration = Millis(200), .config = DefaultConfig(nr_cpus, 1024)});
  if (nr_cpus > 2) computer.SetOnline(nr_cpus - 2, false);
  computer.Start();
  SimBackend backend(computer, {});
  BackendAudit audit(*wrap(&backend), Nanos(SCXX_REVIEW_GRAIN));
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
    EXPECT_GT(report.reviews, 50u);
    if (cpus > 1) {
      EXPECT_GT(report.not_allowed, 10u);
      EXPECT_GT(report.offline, 10u);
    }
  }
}

// First in, first out, with slices of a second, so that nothing happens; and it wants to be asked
// again after each of these times.
class Reviewer : public TestFifo {
 public:
  static constexpr char kName[] = "reviewer";
  static constexpr Nanos kWaits[] = {Micros(60), Micros(170), Millis(1),
                                     Millis(3),  Millis(20),  Micros(2345)};

  explicit Reviewer(const PolicyLimits& limits) : TestFifo(limits, Seconds(1)) {}

  void Schedule(const Context& ctx, DispatchSink& sink) {
    DispatchAll(sink);
    if (ctx.now >= wanted_) {
      if (wanted_ != Instant()) late_ = std::max(late_, ctx.now - wanted_);
      wanted_ = ctx.now + kWaits[reviews_++ % std::size(kWaits)];
    }
    sink.ReviewAt(wanted_);
  }

  int reviews() const { return reviews_; }
  Nanos late() const { return late_; }

 private:
  Instant wanted_;
  Nanos late_;
  int reviews_ = 0;
};

Workload Hogs(int count) {
  return {.name = "hogs", .groups = {{.name = "hog", .count = count, .steps = {Run(Seconds(10))}}}};
}

template <typename P>
void RunFor(Nanos duration, int nr_cpus, const Workload& workload, const scxx_config& config,
            const std::function<void(P&)>& at_end) {
  const Topology topology = Topology::Synthetic({.cores_per_llc = nr_cpus});
  Computer computer(topology, workload, {.duration = duration, .config = config});
  computer.Start();
  SimBackend backend(computer, {});
  Engine<P> engine(P(backend.limits()), backend, {});
  engine.Run(false);
  EXPECT_EQ(computer.failure(), "");
  at_end(engine.policy());
}

TEST(SimBackend, AsksAPolicyAgainWhenItWants) {
  for (const int cpus : {1, 4}) {
    for (const int hogs : {0, cpus + 1}) {
      const Workload workload = Hogs(hogs);
      RunFor<Reviewer>(Seconds(2), cpus, workload, DefaultConfig(cpus, 64), [](Reviewer& policy) {
        EXPECT_GT(policy.reviews(), 300);
        EXPECT_LE(policy.late(), Nanos(SCXX_REVIEW_GRAIN));
      });
    }
  }
}

// First in, first out, but for the first task that it sees: that it forgets. Hears how its waits
// end.
class Forgetful : public TestFifo {
 public:
  static constexpr char kName[] = "forgetful";
  using TestFifo::TestFifo;

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    if (!forgotten_.IsTask()) forgotten_ = r.task;
    if (r.task != forgotten_) TestFifo::OnRunnable(ctx, r);
  }
  void OnWithdrawn(const Context& ctx, const TaskWithdrawn& w) {
    TestFifo::OnWithdrawn(ctx, w);
    if (w.task != forgotten_) return;
    ++(w.reason == WithdrawnReason::kTaken ? taken_ : changed_);
  }

  int taken() const { return taken_; }
  int changed() const { return changed_; }

 private:
  TaskId forgotten_;
  int taken_ = 0;
  int changed_ = 0;
};

TEST(SimBackend, TellsAPolicyWhatItHasHeldTooLong) {
  for (const int hogs : {1, 6}) {
    const Workload workload = Hogs(hogs);
    scxx_config config = DefaultConfig(2, 64);
    config.hold_max = Millis(100).count();
    RunFor<Forgetful>(Seconds(1), 2, workload, config, [hogs](Forgetful& policy) {
      EXPECT_GE(policy.taken(), hogs == 1 ? 1 : 4) << "alone, it runs on once it is taken";
      EXPECT_EQ(policy.changed(), 0) << "found out by the task's next wait";
    });
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
  kForgetsReviews,
};

class Mutant final : public ForwardingBackend {
 public:
  Mutant(Defect defect, Backend* backend) : ForwardingBackend(*backend), defect_(defect) {}

  const Cycle& Poll(absl::Span<BackendEvent> events) override {
    cycle_ = ForwardingBackend::Poll(events);
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
    ForwardingBackend::Dispatch(dispatches, outcomes);
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
    ParkRequest passed_on = request;
    if (defect_ == Defect::kForgetsReviews) passed_on.review_at.reset();
    const RunState state = ForwardingBackend::Park(passed_on);
    const bool again = state == RunState::kExited && ++exits_ > 1;
    return again && defect_ == Defect::kNeverEnds ? RunState::kRunning : state;
  }

 private:
  const Defect defect_;
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
  EXPECT_THAT(ViolationOf(Defect::kForgetsReviews), StartsWith("a review was late"));
}

}  // namespace
}  // namespace scxx::sim
