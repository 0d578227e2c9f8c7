// SPDX-License-Identifier: Apache-2.0
//
// Long random runs of the fair policies with fixed seeds: tasks of all weights that hog, nap,
// sleep, yield, fork and are re-weighted, while the virtual clock passes 2^64. fair_invariants.h
// says what is checked. A policy whose penalties are random passes, too: fairness does not rest on
// the model.

#include "schedulers/testing/fair_invariants.h"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/fair_options.h"
#include "framework/policy/fair/fair_policy.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/one_cpu.h"
#include "gtest/gtest.h"
#include "schedulers/latency/latency_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {
namespace {

constexpr PolicyLimits kLimits{.max_tasks = 64, .max_cpus = 1};

// Penalties and credits as a coin says.
class Whim {
 public:
  explicit Whim(Nanos bound) : bound_(bound) {}
  void Enter(uint32_t) {}
  void Learn(uint32_t, const TaskRunnable&) {}
  Nanos Penalty(uint32_t, Weight, Nanos) const { return Draw(); }
  Nanos Credit(uint32_t) const { return Draw(); }
  uint32_t PenaltyPace(Weight) const { return 0; }
  Nanos Protection(uint32_t, Nanos) const { return random_() % 4 == 0 ? Draw() : Nanos::Zero(); }

 private:
  Nanos Draw() const { return Nanos(static_cast<int64_t>(random_() % (bound_.count() + 1))); }

  Nanos bound_;
  mutable std::mt19937_64 random_{1};
};

class WhimPolicy : public FairPolicy<Whim> {
 public:
  static constexpr char kName[] = "whim";
  WhimPolicy(const FairParams& params, const PolicyLimits& limits)
      : FairPolicy(params, limits, Whim(params.bound)) {}
};

FairParams ParamsFor(const FairOptions& options, Nanos tick) {
  FairParams params = ParamsFrom(options).value();
  params.tick = tick;
  return params;
}

template <typename P>
P Make(Nanos tick);
template <>
VruntimePolicy Make(Nanos tick) {
  return VruntimePolicy(ParamsFor({}, tick), kLimits);
}
template <>
LatencyPolicy Make(Nanos tick) {
  return LatencyPolicy(ParamsFor(LatencyOptions().fair, tick), Millis(4), kLimits);
}
template <>
WhimPolicy Make(Nanos tick) {
  FairParams params = ParamsFor({}, tick);
  params.gap = Micros(100);
  return WhimPolicy(params, kLimits);
}

// A crowd whose members and doings follow from the seed.
template <typename P>
class Crowd {
 public:
  Crowd(uint64_t seed, Nanos tick)
      : random_(seed), checked_(Make<P>(tick), {.limits = kLimits, .tick = tick}) {
    const int tasks = static_cast<int>(Below(24)) + 1;
    for (int i = 0; i < tasks; ++i) Start();
  }

  void RunFor(Nanos time) {
    const Instant end = machine().now() + time;
    while (machine().now() < end) {
      machine().RunFor(Micros(Below(200'000)));
      const int number = static_cast<int>(Below(machine().tasks()));
      if (Below(2) == 0 && !machine().IsGone(number)) machine().SetWeight(number, RandomWeight());
      if (machine().tasks() < 60 && Below(4) == 0) Start();
    }
  }

  OneCpu<P>& machine() { return checked_.machine(); }
  const FairInvariants<P>& checked() const { return checked_; }

 private:
  uint64_t Below(uint64_t n) { return random_() % n; }
  Nanos UpTo(Nanos most) { return Nanos(1 + static_cast<int64_t>(Below(most.count()))); }
  Weight RandomWeight() {
    return Below(2) == 0 ? Weight() : Weight::FromNice(static_cast<int>(Below(40)) - 20);
  }

  Burst Hog() { return {.run = Seconds(100)}; }
  Burst Nap() { return {.run = UpTo(Millis(5)), .sleep = UpTo(Micros(50))}; }
  Burst Work() { return {.run = UpTo(Millis(20)), .sleep = UpTo(Millis(30))}; }
  Burst Answer() { return {.run = UpTo(Micros(400)), .sleep = UpTo(Millis(10))}; }
  Burst Yield() { return {.run = UpTo(Millis(2))}; }
  Burst Anything() {
    switch (Below(6)) {
      case 0:
        return Nap();
      case 1:
        return Work();
      case 2:
        return Yield();
      case 3:
        return {.run = UpTo(Millis(3)), .sleep = UpTo(Seconds(1))};
      case 4:
        return {.run = UpTo(Millis(2)), .exit = Below(20) == 0};
      default:
        return Answer();
    }
  }
  void Start() {
    using Kind = Burst (Crowd::*)();
    constexpr Kind kKinds[] = {&Crowd::Hog,    &Crowd::Nap,   &Crowd::Work,
                               &Crowd::Answer, &Crowd::Yield, &Crowd::Anything};
    const Kind kind = kKinds[Below(std::size(kKinds))];
    machine().Start([this, kind] { return (this->*kind)(); }, RandomWeight());
  }

  std::mt19937_64 random_;
  FairInvariants<P> checked_;
};

template <typename P>
class FairInvariantsTest : public testing::Test {};
using Policies = testing::Types<VruntimePolicy, LatencyPolicy, WhimPolicy>;

struct Names {
  template <typename P>
  static std::string GetName(int) {
    return std::string(P::kName);
  }
};
TYPED_TEST_SUITE(FairInvariantsTest, Policies, Names);

TYPED_TEST(FairInvariantsTest, HoldInLongRandomRuns) {
  constexpr uint64_t kSeeds = 15;
  uint64_t checks = 0, windows = 0;
  for (Nanos tick : {Millis(1), Millis(4)}) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      Crowd<TypeParam> crowd(seed, tick);
      crowd.RunFor(Seconds(6));
      ASSERT_EQ(crowd.checked().violation(), "") << "seed " << seed << ", tick " << tick;
      checks += crowd.checked().checks();
      windows += crowd.checked().windows();
    }
  }
  this->RecordProperty("checks", std::to_string(checks));
  EXPECT_GT(checks, 50'000u);
  EXPECT_GT(windows, 100'000u);
}

// What ran when, for how long.
using Trace = std::vector<std::tuple<Instant, int, Nanos>>;

template <typename P>
Trace TraceOf(P policy, std::vector<uint32_t> slots) {
  OneCpu<P> machine(std::move(policy), {.limits = kLimits, .slots = std::move(slots)});
  std::mt19937_64 random(7);
  Trace trace;
  machine.OnPick(
      [&](int number, Nanos slice) { trace.emplace_back(machine.now(), number, slice); });
  for (int nice : {0, 0, 5, 10, -5}) {
    machine.Start(
        [&random] {
          return Burst{.run = Micros(1 + static_cast<int64_t>(random() % 9000)),
                       .sleep = Micros(static_cast<int64_t>(random() % 3 * 1500))};
        },
        Weight::FromNice(nice));
  }
  machine.RunFor(Seconds(20));
  return trace;
}

TEST(FairMetamorphic, NothingDependsOnWhereTheClockStarts) {
  FairParams params;
  const std::vector<uint32_t> slots;
  const Trace trace = TraceOf(VruntimePolicy(params, kLimits), slots);
  ASSERT_GT(trace.size(), 1000u);
  for (uint64_t start : {uint64_t{0}, uint64_t{1} << 63, -uint64_t{1}}) {
    params.first_clock = Vtime(start);
    EXPECT_EQ(TraceOf(VruntimePolicy(params, kLimits), slots), trace) << start;
  }
}

TEST(FairMetamorphic, NothingDependsOnPidsAndSlots) {
  std::vector<uint32_t> slots(kLimits.max_tasks);
  std::iota(slots.rbegin(), slots.rend(), 0);
  EXPECT_EQ(TraceOf(Make<VruntimePolicy>(Millis(1)), slots),
            TraceOf(Make<VruntimePolicy>(Millis(1)), {}));
  EXPECT_EQ(TraceOf(Make<LatencyPolicy>(Millis(1)), slots),
            TraceOf(Make<LatencyPolicy>(Millis(1)), {}));
}

// Hogs, whose penalties are all the same. Heavy ones, so that slices do not differ.
TEST(FairMetamorphic, OnlyProportionsOfWeightsCount) {
  std::vector<std::vector<double>> shares;
  for (uint32_t scale : {2048u, 8192u, 20480u}) {
    OneCpu<VruntimePolicy> machine(Make<VruntimePolicy>(Millis(1)), {.limits = kLimits});
    for (uint32_t w : {1, 2, 5}) {
      machine.Start([] { return Burst{.run = Seconds(100)}; }, Weight::FromLoad(w * scale));
    }
    machine.RunFor(Seconds(20));
    shares.emplace_back();
    for (int n = 0; n < 3; ++n) {
      shares.back().push_back(static_cast<double>(machine.Ran(n).count()) / 20e9 * 8);
    }
  }
  for (const std::vector<double>& share : shares) {
    EXPECT_NEAR(share[0], 1, 0.02);
    EXPECT_NEAR(share[1], 2, 0.02);
    EXPECT_NEAR(share[2], 5, 0.02);
  }
}

}  // namespace
}  // namespace scxx
