// SPDX-License-Identifier: Apache-2.0
//
// The simulator's machine under the audit that a kernel's passes too (tests/kernel); the shipped
// session on it; and the audit on machines that are broken.
#include "framework/sim/sim_machine.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/base/units.h"
#include "framework/channel/default_config.h"
#include "framework/engine/session.h"
#include "framework/machine/testing/forwarding_backend.h"
#include "framework/machine/testing/machine_audit.h"
#include "framework/sim/computer.h"
#include "framework/sim/load/workload.h"
#include "framework/stats/figures.h"
#include "framework/topology/topology.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx::sim {
namespace {

using testing::HasSubstr;

class Host {
 public:
  explicit Host(Nanos duration = Seconds(1000))
      : computer(topology_, workload_, {.duration = duration, .config = DefaultConfig(4, 1024)}) {}

  absl::StatusOr<std::unique_ptr<Machine>> Load() { return SimMachine::Load(computer, {}); }

 private:
  const Topology topology_ = Topology::Synthetic({.cores_per_llc = 4});
  const Workload workload_ = *BuiltinWorkload("mixed", 4);

 public:
  Computer computer;
};

class MachineConformance : public testing::TestWithParam<MachineCase> {};

TEST_P(MachineConformance, Holds) {
  Host host;
  EXPECT_EQ(GetParam().violation([&] { return host.Load(); }), "");
  EXPECT_EQ(host.computer.failure(), "");
}

INSTANTIATE_TEST_SUITE_P(Sim, MachineConformance, testing::ValuesIn(MachineCases()),
                         [](const auto& info) { return info.param.name; });

// ---- the shipped session ----

absl::StatusOr<std::unique_ptr<Runner>> MakeFifo(Machine& machine) {
  absl::StatusOr<FifoPolicy> policy = FifoPolicy::Create({}, machine.backend().limits());
  if (!policy.ok()) return policy.status();
  return std::make_unique<EngineRunner<FifoPolicy>>(*std::move(policy), machine.backend());
}

// Hears the machine's clock.
class Clockwork final : public SessionObserver {
 public:
  explicit Clockwork(Computer& computer) : computer_(computer) {}

  absl::Status BeforeAttach(Life& life) override {
    keeps_time = life.machine().KeepsTime(
        {.interval = Millis(100),
         .duration = Millis(350),
         .tick = [this] { ticks.push_back(computer_.now() - attached_at_); },
         .end =
             [this, &life] {
               ended_at = computer_.now() - attached_at_;
               life.RequestStop();
             }});
    attached_at_ = computer_.now();
    return absl::OkStatus();
  }
  void Ended(Life& life, const ExitReport&, Ending) override {
    decisions = life.Figures().Value("engine_decisions");
  }

  bool keeps_time = false;
  std::vector<Nanos> ticks;
  Nanos ended_at = {};
  uint64_t decisions = 0;

 private:
  Computer& computer_;
  Instant attached_at_;
};

TEST(SimMachine, TicksAndEndsByItsOwnClock) {
  Host host;
  Clockwork clockwork(host.computer);
  Session session({.make_machine = [&] { return host.Load(); }, .make_runner = MakeFifo},
                  &clockwork);
  const Session::Outcome outcome = session.Run();
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_EQ(outcome.ending, Ending::kStopped);
  EXPECT_TRUE(clockwork.keeps_time);
  EXPECT_THAT(clockwork.ticks, testing::ElementsAre(Millis(100), Millis(200), Millis(300)));
  EXPECT_EQ(clockwork.ended_at, Millis(350));
  EXPECT_GT(clockwork.decisions, 100u);
  EXPECT_EQ(host.computer.failure(), "");
}

// CPUs go and come; the session attaches anew each time, until the run is over.
TEST(SimMachine, TheShippedSessionLivesThroughHotplug) {
  Host host(Seconds(1));
  int changes = 0;
  host.computer.SetHandler([&](const Event&) {
    host.computer.SetOnline(3, changes++ % 2 == 1);
    host.computer.Schedule(host.computer.now() + Millis(100), SimEventKind::kFault, 0);
  });
  host.computer.Schedule(host.computer.now() + Millis(100), SimEventKind::kFault, 0);
  Session session({.make_machine = [&] { return host.Load(); }, .make_runner = MakeFifo});
  session.Run();
  EXPECT_EQ(changes, 9);
  EXPECT_EQ(host.computer.attachments(), 10u);
  EXPECT_EQ(host.computer.failure(), "");
}

TEST(SimMachine, KnowsItsTasksByName) {
  Host host;
  const std::unique_ptr<Machine> machine = *host.Load();
  ASSERT_TRUE(machine->Attach().ok());
  const std::vector<int32_t> hogs = machine->names().ThreadsNamed("hog", 3);
  ASSERT_EQ(hogs.size(), 3u);
  EXPECT_EQ(machine->names().NameOf(hogs[1]), "hog");
  EXPECT_EQ(machine->names().NameOf(123456), "");
}

TEST(SimMachine, CannotBeLoadedWhenTheRunIsOver) {
  Host host(Millis(5));
  Session session({.make_machine = [&] { return host.Load(); }, .make_runner = MakeFifo});
  EXPECT_EQ(session.Run().ending, Ending::kStopped);
  EXPECT_EQ(host.Load().status().code(), absl::StatusCode::kCancelled);
}

// ---- the audit ----

enum class Defect {
  kNone,
  kForgetsAnEarlyStop,
  kRunsOn,
  kTwoStories,
  kCounterShrinks,
  kNoHelp,
};

class Mutant final : public Machine {
 public:
  Mutant(Defect defect, std::unique_ptr<Machine> machine)
      : defect_(defect), machine_(std::move(machine)) {}

  std::string Description() const override { return machine_->Description(); }
  Backend& backend() override { return defect_ == Defect::kRunsOn ? deaf_ : machine_->backend(); }
  const TaskNames& names() const override { return machine_->names(); }
  absl::Status Attach() override {
    attached_ = true;
    return machine_->Attach();
  }
  void RequestStop() override {
    if (attached_ || defect_ != Defect::kForgetsAnEarlyStop) machine_->RequestStop();
  }
  ExitReport Detach() override {
    ExitReport report = machine_->Detach();
    if (detached_++ > 0 && defect_ == Defect::kTwoStories) report.reason = "something else";
    return report;
  }
  Readings Figures() const override {
    Readings figures = machine_->Figures();
    const uint64_t down = 1000 - reads_++;
    if (defect_ == Defect::kCounterShrinks) figures.Add({"odd", "times", {}, "Shrinks"}, down);
    if (defect_ == Defect::kNoHelp) figures.Add({.name = "odd", .unit = "times"}, 1);
    return figures;
  }

 private:
  // Never hears of an end, and lets nobody wait for it for long.
  class Deaf final : public ForwardingBackend {
   public:
    using ForwardingBackend::ForwardingBackend;
    const Cycle& Poll(absl::Span<BackendEvent>) override { return cycle_; }
    void Dispatch(absl::Span<const BackendDispatch>, absl::Span<DispatchOutcome>) override {}
    RunState Park(const ParkRequest&) override { return RunState::kRunning; }

   private:
    const Cycle cycle_;
  };

  const Defect defect_;
  const std::unique_ptr<Machine> machine_;
  Deaf deaf_{machine_->backend()};
  bool attached_ = false;
  int detached_ = 0;
  mutable uint64_t reads_ = 0;
};

// What the first case to object says of a machine with this defect.
std::string ViolationOf(Defect defect) {
  for (const MachineCase& c : MachineCases()) {
    Host host;
    const std::string why = c.violation([&]() -> absl::StatusOr<std::unique_ptr<Machine>> {
      return std::make_unique<Mutant>(defect, *host.Load());
    });
    if (!why.empty()) return c.name + ": " + why;
  }
  return "";
}

TEST(MachineAudit, SeesWhatIsBroken) {
  EXPECT_EQ(ViolationOf(Defect::kNone), "");
  EXPECT_THAT(ViolationOf(Defect::kForgetsAnEarlyStop), HasSubstr("forgot that it is to stop"));
  EXPECT_THAT(ViolationOf(Defect::kRunsOn), HasSubstr("did not stop"));
  EXPECT_THAT(ViolationOf(Defect::kTwoStories), HasSubstr("two stories"));
  EXPECT_THAT(ViolationOf(Defect::kCounterShrinks), HasSubstr("counter odd shrank"));
  EXPECT_THAT(ViolationOf(Defect::kNoHelp), HasSubstr("'odd' lacks"));
}

}  // namespace
}  // namespace scxx::sim
