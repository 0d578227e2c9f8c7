// SPDX-License-Identifier: Apache-2.0
//
// The policies allocate nothing once they are made, whatever happens to tasks. In a binary of its
// own, because the counter replaces the global operator new.

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/testing/allocations.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/latency/latency_policy.h"
#include "schedulers/skeleton/skeleton_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {
namespace {

// A policy, and what it allocated in its hooks.
template <Policy P>
class Counted {
 public:
  static constexpr std::string_view kName = P::kName;

  explicit Counted(P policy) : policy_(std::move(policy)) {}

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    Count([&] { policy_.OnRunnable(ctx, r); });
  }
  void OnWithdrawn(const Context& ctx, const TaskWithdrawn& w) {
    Count([&] { policy_.OnWithdrawn(ctx, w); });
  }
  void OnGone(const Context& ctx, const TaskGone& g) {
    Count([&] { policy_.OnGone(ctx, g); });
  }
  void OnRefused(const Context& ctx, const TaskRefused& f) {
    Count([&] { policy_.OnRefused(ctx, f); });
  }
  void Schedule(const Context& ctx, DispatchSink& sink) {
    Count([&] { policy_.Schedule(ctx, sink); });
  }

  size_t allocated() const { return allocated_; }
  int calls() const { return calls_; }

 private:
  template <typename Call>
  void Count(Call call) {
    const size_t before = Allocations();
    call();
    allocated_ += Allocations() - before;
    ++calls_;
  }

  P policy_;
  size_t allocated_ = 0;
  int calls_ = 0;
};

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

  std::mt19937 random_{1};
  PolicyDriver<Counted<P>> driver_{Counted<P>(P::Create({}, kDriverLimits).value())};
  std::vector<TaskId> out_ = std::vector<TaskId>(kTasks);  // by slot: dispatched
};
using Policies = testing::Types<FifoPolicy, LatencyPolicy, SkeletonPolicy, VruntimePolicy>;
TYPED_TEST_SUITE(AllocTest, Policies);

TYPED_TEST(AllocTest, HooksAllocateNothing) {
  ASSERT_GT(Allocations(), 0u) << "the counter does not count";
  for (int step = 0; step < 50'000; ++step) {
    this->Happen(this->Below(this->kTasks));
    if (step % 8 == 0) this->Schedule();
  }
  EXPECT_GT(this->driver_.policy().calls(), 40'000);
  EXPECT_EQ(this->driver_.policy().allocated(), 0u);
}

}  // namespace
}  // namespace scxx
