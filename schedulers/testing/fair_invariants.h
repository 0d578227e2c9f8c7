// SPDX-License-Identifier: Apache-2.0
//
// What always holds for a FairPolicy (framework/policy/fair) on one CPU, whatever its model says
// and whatever tasks do. Add() a task, let time pass, and the checks run at every pick; each is
// named as in the proof that fair_core.h sketches:
//
//   bounds         0 <= penalty <= bound, and V - bound <= v <= V + a turn for all who wait
//   clock          V never moves back
//   conservation   who waits for the machine waits in the policy, and nobody else
//   service        two that are runnable all along drift apart by 2 * bound and a turn of each, and
//                  nobody gets ahead of V by more than bound and a turn
//   waits          at most `age` and a few slices
//
//   FairInvariants<VruntimePolicy> checked(*VruntimePolicy::Create({}, kLimits), {...});
//   checked.machine().Start(...); checked.machine().RunFor(Seconds(1));
//   EXPECT_EQ(checked.violation(), "");

#ifndef SCXX_SCHEDULERS_TESTING_FAIR_INVARIANTS_H_
#define SCXX_SCHEDULERS_TESTING_FAIR_INVARIANTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/one_cpu.h"

namespace scxx {

template <Policy P>
class FairInvariants {
 public:
  FairInvariants(P policy, OneCpuOptions options)
      : machine_(std::move(policy), std::move(options)) {
    clock_ = core().clock();
    machine_.OnPick([this](int number, Nanos) { Check(number); });
  }

  OneCpu<P>& machine() { return machine_; }
  // Of the first check that failed; empty if none did.
  const std::string& violation() const { return violation_; }
  uint64_t checks() const { return checks_; }
  uint64_t windows() const { return windows_; }

 private:
  // How things stood at some time.
  struct Mark {
    struct Task {
      Nanos ran = {};
      int weight_changes = 0;
      bool settled = false;  // the policy knows of its weight
    };
    Instant at = {};
    Vtime clock = {};
    std::vector<Task> tasks = {};  // by number
  };

  static constexpr size_t kMarks = 16;
  static constexpr Nanos kMarkEvery = Millis(40);

  const FairCore& core() const { return machine_.policy().core(); }

  template <typename... Words>
  void Fail(const Words&... words) {
    if (!violation_.empty()) return;
    std::ostringstream text;
    text << machine_.now() << ": ";
    (text << ... << words);
    violation_ = text.str();
  }

  void Check(int picked) {
    if (core().aged_picks() != aged_picks_) {
      aged_picks_ = core().aged_picks();
      marks_.clear();
    }
    CheckClock();
    size_t waiting = 0;
    for (int number = 0; number < machine_.tasks(); ++number) {
      if (machine_.IsGone(number)) continue;
      const bool waits = number != picked && machine_.IsQueued(number);
      waiting += waits;
      CheckConservation(number, waits);
      if (waits) CheckWaiting(number);
    }
    if (core().size() != waiting) Fail("conservation: ", core().size(), " wait, not ", waiting);
    CheckService();
    ++checks_;
  }

  void CheckClock() {
    if (core().clock().Before(clock_)) Fail("clock: ", core().clock(), " after ", clock_);
    clock_ = core().clock();
  }

  void CheckConservation(int number, bool waits) {
    if (core().Waits(machine_.Id(number)) == waits) return;
    Fail("conservation: task ", number, waits ? " waits unknown" : " does not wait");
  }

  void CheckWaiting(int number) {
    const TaskId id = machine_.Id(number);
    const FairParams& params = core().params();
    const Nanos penalty = core().penalty(id);
    if (penalty < Nanos::Zero() || params.bound < penalty) Fail("bounds: penalty ", penalty);
    const Nanos ahead = core().service(id).v() - clock_;
    const Nanos turn = MaxLead(params, core().weight(id)) * (aged_picks_ == 0 ? 1 : 2);
    if (ahead < -params.bound || turn < ahead) {
      Fail("bounds: task ", number, " is ahead by ", ahead, ", may be by ", turn);
    }
    const Nanos slice = SliceCap(params, Weight::FromLoad(2048)) + params.tick;
    if (params.age + slice * 4 * (machine_.tasks() + 1) < machine_.Waited(number)) {
      Fail("waits: task ", number, " has waited ", machine_.Waited(number));
    }
  }

  // ---- Service over windows ----

  void CheckService() {
    for (const Mark& mark : marks_) CheckSince(mark);
    if (!marks_.empty() && machine_.now() - marks_.back().at < kMarkEvery) return;
    if (marks_.size() == kMarks) marks_.erase(marks_.begin() + kMarks / 2);
    marks_.push_back({.at = machine_.now(), .clock = clock_});
    for (int n = 0; n < machine_.tasks(); ++n) {
      marks_.back().tasks.push_back({.ran = machine_.Ran(n),
                                     .weight_changes = machine_.weight_changes(n),
                                     .settled = IsSettled(n)});
    }
  }

  bool IsSettled(int number) const {
    return !machine_.IsGone(number) &&
           core().weight(machine_.Id(number)) == machine_.weight(number);
  }

  void CheckSince(const Mark& mark) {
    const FairParams& params = core().params();
    const Nanos passed = clock_ - mark.clock;
    // The least and the most that those runnable all along received, each with its own allowance.
    Nanos highest = -Nanos::Max(), lowest = Nanos::Max();
    for (int number = 0; number < static_cast<int>(mark.tasks.size()); ++number) {
      const auto& then = mark.tasks[number];
      if (!then.settled || then.weight_changes != machine_.weight_changes(number)) continue;
      const Weight weight = machine_.weight(number);
      const Nanos got = ToVirtual(machine_.Ran(number) - then.ran, weight);
      const Nanos turn = MaxLead(params, weight) + kRounding;
      if (passed + params.bound + turn < got) {
        Fail("service: task ", number, " got ", got, " since ", mark.at, ", V ", passed);
      }
      if (mark.at < machine_.RunnableSince(number)) continue;
      if (!machine_.IsQueued(number) && !machine_.IsRunning(number)) continue;
      highest = std::max(highest, got - turn);
      lowest = std::min(lowest, got + turn);
      ++windows_;
    }
    if (lowest < highest && lowest + params.bound * 2 < highest) {
      Fail("service: since ", mark.at, " ", highest, " and ", lowest, " are far apart");
    }
  }

  static constexpr Nanos kRounding = Nanos(2);

  OneCpu<P> machine_;
  Vtime clock_;
  uint64_t aged_picks_ = 0;
  std::vector<Mark> marks_;
  std::string violation_;
  uint64_t checks_ = 0;
  uint64_t windows_ = 0;
};

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_TESTING_FAIR_INVARIANTS_H_
