// SPDX-License-Identifier: Apache-2.0
//
// The policies allocate nothing once they are made, whatever happens to tasks. In a binary of its
// own, because the counter replaces the global operator new.

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/testing/allocations.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/latency/latency_policy.h"
#include "schedulers/skeleton/skeleton_policy.h"
#include "schedulers/testing/watched_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {
namespace {

template <typename P>
class AllocTest : public testing::Test {
 protected:
  static constexpr uint32_t kTasks = 64;

  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

  void Happen(uint32_t slot) {
    const TaskId task = driver_.Task(slot);
    const uint32_t what = Below(10);
    if (what == 0) return driver_.Exit(task);
    if (driver_.Holds(task)) {
      if (what < 3) driver_.Withdraw(task);
    } else if (out_[slot] == task && what < 3) {
      driver_.Refuse(task);
    } else {
      SetAffinity(slot);
      driver_.Runnable(slot, {.reason = static_cast<RunnableReason>(Below(6)),
                              .prev_cpu = CpuId(static_cast<int>(Below(4))),
                              .weight = Weight::FromNice(static_cast<int>(Below(40)) - 20),
                              .ran = Micros(Below(9000)),
                              .ran_since_sleep = Micros(9000 + Below(9000)),
                              .slept = Micros(Below(90'000)),
                              .slice_left = Micros(Below(4000))});
    }
    out_[slot] = {};
  }

  void SetAffinity(uint32_t slot) {
    CpuSet allowed;
    for (int cpu = 0; cpu < 4; ++cpu) {
      if (Below(2) == 0) allowed.Add(CpuId(cpu));
    }
    driver_.set_allowed(slot, allowed.empty() ? CpuSet::FirstN(4) : allowed);
  }

  void Schedule() {
    for (int cpu = 0; cpu < 4; ++cpu) {
      driver_.cpu(cpu).since = driver_.context().now;
      driver_.set_room_on(cpu, {.space = Below(3), .free_cpus = Below(2)});
    }
    driver_.Advance(Micros(Below(10'000)));
    for (const Dispatch& d : driver_.Schedule()) {
      out_[d.task.slot] = d.task;
      if (d.cpu.IsCpu()) {
        driver_.cpu(d.cpu.value()) = {.state = CpuView::State::kRunning, .running = d.task};
      }
    }
  }

  void Live(int steps) {
    for (int step = 0; step < steps; ++step) {
      Happen(Below(kTasks));
      if (step % 8 == 0) Schedule();
    }
  }

  std::mt19937 random_{1};
  PolicyWatch watch_;
  PolicyDriver<WatchedPolicy> driver_{
      WatchedPolicy(AnyPolicy(P::Create({}, kDriverLimits).value()), &watch_)};
  std::vector<TaskId> out_ = std::vector<TaskId>(kTasks);  // by slot: dispatched
};
using Policies = testing::Types<FifoPolicy, LatencyPolicy, SkeletonPolicy, VruntimePolicy>;
TYPED_TEST_SUITE(AllocTest, Policies);

TYPED_TEST(AllocTest, HooksAllocateNothing) {
  ASSERT_GT(Allocations(), 0u) << "the counter does not count";
  this->Live(50'000);
  EXPECT_GT(this->watch_.calls, 40'000u);
  EXPECT_EQ(this->watch_.allocated, 0u);
}

TYPED_TEST(AllocTest, NorOnAMachineOfSeveralCaches) {
  const Topology machine = Topology::Synthetic({.nodes = 2, .cores_per_llc = 2});
  this->driver_.context().topology = &machine;
  this->Live(10'000);
  EXPECT_GT(this->watch_.calls, 5'000u);
  EXPECT_EQ(this->watch_.allocated, 0u);
}

}  // namespace
}  // namespace scxx
