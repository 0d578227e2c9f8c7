// SPDX-License-Identifier: Apache-2.0
//
// FairPolicyTest drives a FairPolicy whose model answers as the test says.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_FAIR_POLICY_FIXTURE_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_FAIR_POLICY_FIXTURE_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/fair_policy.h"
#include "framework/policy/fair/interactivity.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {

inline constexpr FairParams kToldParams = {.gap = Micros(200), .debit = Nanos::Zero()};

// A model that the test answers for.
class Told {
 public:
  void Enter(uint32_t slot) { penalties[slot] = {}; }
  void Learn(uint32_t slot, const TaskRunnable& r) { learnt[slot] = r.ran; }
  Nanos Penalty(uint32_t slot, Weight, Nanos burst) const {
    ++asked;
    return std::max(penalties.at(slot), std::min(burst, Millis(4)));
  }
  Nanos Credit(uint32_t) const { return credit; }
  uint32_t PenaltyPace(Weight) const { return 3 * 1024; }
  Nanos Protection(uint32_t, Nanos burst) const { return protected_until - burst; }

  mutable int asked = 0;  // for a penalty
  std::map<uint32_t, Nanos> penalties;
  std::map<uint32_t, Nanos> learnt;
  Nanos credit = Millis(4);
  Nanos protected_until = {};
};
static_assert(InteractivityModel<Told>);

class ToldPolicy : public FairPolicy<Told> {
 public:
  static constexpr char kName[] = "test";
  explicit ToldPolicy(const Told& told = {}, const FairParams& params = kToldParams)
      : FairPolicy(params, kDriverLimits, told) {}
};
static_assert(Policy<ToldPolicy>);

using Tasks = std::vector<TaskId>;

class FairPolicyTest : public testing::Test {
 protected:
  void OneAtATime() { driver_.set_room({.space = 1}); }
  void Full() { driver_.set_room({}); }
  const FairCore& core() { return driver_.policy().core(); }
  Nanos ServiceOf(TaskId task) { return core().service(task).v() - FairParams().first_clock; }

  // The task in `slot` runs on `cpu` from now on, and has had `service` before.
  TaskId Run(uint32_t slot, int cpu, Nanos service = {}) {
    TaskId task = driver_.Runnable(
        slot, {.reason = RunnableReason::kSliceEnd, .prev_cpu = CpuId(cpu), .ran = service});
    driver_.ScheduleTasks();
    driver_.cpu(cpu) = {
        .state = CpuView::State::kRunning, .running = task, .since = driver_.context().now};
    return task;
  }
  void Allow(uint32_t slot, const std::vector<int>& cpus) {
    CpuSet allowed;
    for (int cpu : cpus) allowed.Add(CpuId(cpu));
    driver_.set_allowed(slot, allowed);
  }

  PolicyDriver<ToldPolicy> driver_{ToldPolicy()};
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_FAIR_POLICY_FIXTURE_H_
