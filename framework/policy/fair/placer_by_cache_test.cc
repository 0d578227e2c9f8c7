// SPDX-License-Identifier: Apache-2.0
//
// FairPolicy on machines of several last-level caches: who goes where. That shares hold and no CPU
// idles is for tests/sim.

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/fair_policy.h"
#include "framework/policy/fair/interactivity.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr FairParams kParams = {.debit = Nanos::Zero()};
const Nanos kCacheMargin = kParams.cache_margin, kNodeMargin = kParams.node_margin;

// Service alone counts.
class Indifferent {
 public:
  void Enter(uint32_t) {}
  void Learn(uint32_t, const TaskRunnable&) {}
  Nanos Penalty(uint32_t, Weight, Nanos) const { return Nanos::Zero(); }
  Nanos Credit(uint32_t) const { return Millis(4); }
  uint32_t PenaltyPace(Weight) const { return 0; }
  Nanos Protection(uint32_t, Nanos) const { return Nanos::Zero(); }
};
static_assert(InteractivityModel<Indifferent>);

class TestPolicy : public FairPolicy<Indifferent> {
 public:
  static constexpr char kName[] = "test";
  explicit TestPolicy(const FairParams& params)
      : FairPolicy(params, kDriverLimits, Indifferent()) {}
};

// A machine of four CPUs, all busy with what the policy does not know.
class Machine {
 public:
  explicit Machine(const TopologySpec& spec, const FairParams& params = kParams)
      : topology_(Topology::Synthetic(spec)), driver_(TestPolicy(params)) {
    driver_.context().topology = &topology_;
    for (int cpu = 0; cpu < kDriverLimits.max_cpus; ++cpu) Busy(cpu);
  }

  PolicyDriver<TestPolicy>& driver() { return driver_; }

  void Free(int cpu) {
    driver_.cpu(cpu) = {.state = CpuView::State::kIdle};
    driver_.set_room_on(cpu, {.space = 256, .free_cpus = 1});
  }
  void Busy(int cpu) {
    driver_.cpu(cpu) = {.state = CpuView::State::kOther};
    driver_.set_room_on(cpu, {.space = 256, .free_cpus = 0});
  }
  void Allow(uint32_t slot, const std::vector<int>& cpus) {
    CpuSet allowed;
    for (int cpu : cpus) allowed.Add(CpuId(cpu));
    driver_.set_allowed(slot, allowed);
  }
  // A task that ran last on `cpu` and has had `service`.
  TaskId Queue(uint32_t slot, int cpu, Nanos service = {},
               RunnableReason reason = RunnableReason::kSliceEnd) {
    return driver_.Runnable(slot, {.reason = reason, .prev_cpu = CpuId(cpu), .ran = service});
  }
  // It runs on that CPU, where it has run before.
  TaskId Run(uint32_t slot, int cpu, Nanos service = {}) {
    Free(cpu);
    const TaskId task = Queue(slot, cpu, service);
    EXPECT_EQ(Schedule(), (Placed{{slot, cpu}}));
    Busy(cpu);
    driver_.cpu(cpu) = {
        .state = CpuView::State::kRunning, .running = task, .since = driver_.context().now};
    return task;
  }

  // The slots that are dispatched, and to which CPU; -1: any.
  using Placed = std::map<uint32_t, int>;
  Placed Schedule() {
    Placed placed;
    last_ = driver_.Schedule();
    for (const Dispatch& d : last_) placed[d.task.slot] = d.cpu.IsCpu() ? d.cpu.value() : -1;
    return placed;
  }
  const std::vector<Dispatch>& last() const { return last_; }

 private:
  const Topology topology_;
  PolicyDriver<TestPolicy> driver_;
  std::vector<Dispatch> last_;
};

using Placed = Machine::Placed;

constexpr TopologySpec kOneCache = {.cores_per_llc = 4};
constexpr TopologySpec kTwoCaches = {.llcs_per_node = 2, .cores_per_llc = 2};
constexpr TopologySpec kTwoNodes = {.nodes = 2, .cores_per_llc = 2};
constexpr TopologySpec kTwoByTwo = {.nodes = 2, .llcs_per_node = 2};

// ---- One domain ----

TEST(FairDomains, OneCacheIsAsIfThereWereNone) {
  Machine machine(kOneCache);
  machine.Queue(0, 1);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, -1}}));
  EXPECT_FALSE(machine.last()[0].movable);
}

TEST(FairDomains, CanBeTurnedOff) {
  FairParams params = kParams;
  params.domains = false;
  Machine machine(kTwoNodes, params);
  machine.Queue(0, 1);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, -1}}));
}

// ---- Home ----

TEST(FairDomains, StaysInItsCache) {
  Machine machine(kTwoCaches);
  machine.Free(0);
  machine.Free(3);
  machine.Queue(0, 2);
  machine.Queue(1, 1, Millis(1));
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 3}, {1, 0}}));
  for (const Dispatch& d : machine.last()) EXPECT_TRUE(d.movable);
}

TEST(FairDomains, PrefersTheCpuItRanOn) {
  Machine machine(kTwoCaches);
  for (int cpu = 0; cpu < 4; ++cpu) machine.Free(cpu);
  machine.Queue(0, 3);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 3}}));
}

TEST(FairDomains, WaitsForACpuWhenNoneIsFree) {
  Machine machine(kTwoCaches);
  machine.Queue(0, 0);
  EXPECT_EQ(machine.Schedule(), Placed{});
  machine.Free(1);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 1}}));
}

TEST(FairDomains, GoesInOrderWithinADomain) {
  Machine machine(kTwoCaches);
  machine.Free(1);
  machine.Queue(0, 0, Millis(2));
  machine.Queue(1, 0, Millis(1));
  EXPECT_EQ(machine.Schedule(), (Placed{{1, 1}}));
}

// ---- Stealing ----

TEST(FairDomains, StealsWhenItWouldIdle) {
  Machine machine(kTwoNodes);
  machine.Free(3);
  machine.Queue(0, 0, Millis(1));
  machine.Queue(1, 1, Millis(2));
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 3}}));
}

// The same for what has just woken, whose home has no idle CPU.
TEST(FairDomains, AWokenTaskFindsAFreeCpuElsewhere) {
  Machine machine(kTwoNodes);
  machine.Free(2);
  machine.Queue(0, 0, {}, RunnableReason::kWakeup);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 2}}));
}

TEST(FairDomains, AStolenTaskHasANewHome) {
  Machine machine(kTwoCaches);
  machine.Free(3);
  machine.Queue(0, 0);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 3}}));
  machine.Free(0);
  machine.Queue(0, 3, Millis(1));
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 3}}));
}

// Slot 1 waits for CPU 3's own cache, slot 0 for the other one and is ahead by `ahead`.
Placed FreeCpu3(const TopologySpec& spec, Nanos ahead) {
  Machine machine(spec);
  machine.Free(3);
  machine.Queue(0, 0);
  machine.Queue(1, 3, ahead);
  return machine.Schedule();
}

TEST(FairDomains, StealsWhatIsAheadByMoreThanTheMargin) {
  EXPECT_EQ(FreeCpu3(kTwoCaches, kCacheMargin - Nanos(1)), (Placed{{1, 3}}));
  EXPECT_EQ(FreeCpu3(kTwoCaches, kCacheMargin + Nanos(1)), (Placed{{0, 3}}));
}

TEST(FairDomains, StealsFromAnotherNodeBeyondAWiderMargin) {
  EXPECT_EQ(FreeCpu3(kTwoNodes, kCacheMargin + Nanos(1)), (Placed{{1, 3}}));
  EXPECT_EQ(FreeCpu3(kTwoNodes, kNodeMargin - Nanos(1)), (Placed{{1, 3}}));
  EXPECT_EQ(FreeCpu3(kTwoNodes, kNodeMargin + Nanos(1)), (Placed{{0, 3}}));
}

TEST(FairDomains, StealsFromTheNearestFirst) {
  Machine machine(kTwoByTwo);  // nodes {0, 1} and {2, 3}
  machine.Free(1);
  machine.Queue(0, 2);
  machine.Queue(1, 0, Millis(1));
  machine.Queue(2, 3);
  EXPECT_EQ(machine.Schedule(), (Placed{{1, 1}}));
}

TEST(FairDomains, StealsFarWhenThatIsAheadOfWhatIsNear) {
  Machine machine(kTwoByTwo);
  machine.Free(1);
  machine.Queue(0, 2);
  machine.Queue(1, 0, kNodeMargin - kCacheMargin + Nanos(1));
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 1}}));
}

// ---- Affinity ----

TEST(FairDomains, AnAffinityIsRespected) {
  Machine machine(kTwoCaches);
  machine.Allow(0, {0, 1});
  machine.driver().set_room_on(0, {});
  machine.driver().set_room_on(1, {});
  machine.Free(3);
  machine.Queue(0, 1);
  EXPECT_EQ(machine.Schedule(), Placed{});
  machine.Free(0);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 0}}));
  EXPECT_FALSE(machine.last()[0].movable);
}

TEST(FairDomains, AnAffinityWiderThanACacheIsUsedNearHome) {
  Machine machine(kTwoCaches);
  machine.Allow(0, {0, 2, 3});
  machine.Free(0);
  machine.Free(3);
  machine.Queue(0, 2);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 3}}));
}

// ---- Preemption ----

// Slot 0 runs on CPU 0, slot 1 in the other cache and is further behind by `further`. Slot 2 wakes,
// whose home is CPU 1, and should run before either.
Placed WakeBesideTwo(Nanos further) {
  Machine machine(kTwoCaches);
  machine.driver().Withdraw(machine.Queue(2, 1));
  machine.Run(1, 2);
  machine.driver().Advance(further);
  machine.Run(0, 0);
  machine.driver().Advance(Millis(2));
  machine.Queue(2, 1, {}, RunnableReason::kWakeup);
  const Placed placed = machine.Schedule();
  for (const Dispatch& d : machine.last()) EXPECT_TRUE(d.preempt && !d.movable);
  return placed;
}

TEST(FairDomains, InterruptsInItsOwnDomainFirst) {
  EXPECT_EQ(WakeBesideTwo(kCacheMargin - Nanos(1)), (Placed{{2, 0}}));
}

TEST(FairDomains, InterruptsElsewhereWhatIsFurtherBehindByMoreThanTheMargin) {
  EXPECT_EQ(WakeBesideTwo(kCacheMargin + Nanos(1)), (Placed{{2, 2}}));
}

// ---- The rest of the protocol ----

TEST(FairDomains, ARefusedTaskWaitsAtHomeAgain) {
  Machine machine(kTwoCaches);
  machine.Free(3);
  const TaskId task = machine.Queue(0, 3);
  machine.Queue(1, 0);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 3}}));
  machine.driver().Refuse(task);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 3}}));
}

TEST(FairDomains, WhoWaitedTooLongGoesWhereverThereIsRoom) {
  Machine machine(kTwoNodes);
  machine.Queue(0, 0, Millis(16));
  machine.driver().Advance(kParams.age + Millis(1));
  machine.Queue(1, 2);
  machine.Free(3);
  EXPECT_EQ(machine.Schedule(), (Placed{{0, 3}}));
}

// One that is ahead in another domain must not lose to the clock what it is owed.
TEST(FairDomains, TheClockWaitsForEveryDomain) {
  Machine machine(kTwoNodes);
  machine.Queue(0, 0);
  machine.Queue(1, 2, kNodeMargin - Nanos(1));
  machine.Free(3);
  EXPECT_EQ(machine.Schedule(), (Placed{{1, 3}}));
  EXPECT_EQ(machine.driver().policy().core().clock(), kParams.first_clock);
}

}  // namespace
}  // namespace scxx
