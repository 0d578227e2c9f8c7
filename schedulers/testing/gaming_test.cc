// SPDX-License-Identifier: Apache-2.0
//
// Tricks to get more than a fair share from vruntime and latency, beside honest CPU hogs: none
// pays. Each test plays one for 20 s, at both extremes of the tick, in the model of one_cpu.h.

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>

#include "framework/base/units.h"
#include "framework/policy/fair/fair_options.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/one_cpu.h"
#include "gtest/gtest.h"
#include "schedulers/latency/latency_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {
namespace {

constexpr PolicyLimits kLimits{.max_tasks = 32, .max_cpus = 1};
constexpr Nanos kPlay = Seconds(20);
constexpr Nanos kTicks[] = {Millis(1), Millis(4)};
// What a bound of some milliseconds can be of the time played.
constexpr double kSlack = 0.005;

Burst Hog() { return {.run = Seconds(100)}; }

template <typename P>
class GamingTest : public testing::Test {
 protected:
  using Options = std::conditional_t<std::is_same_v<P, LatencyPolicy>, LatencyOptions, FairOptions>;

  // The part of the CPU that the players get beside `hogs` honest tasks.
  double Play(int hogs, Nanos tick, const std::function<void(OneCpu<P>*)>& start) {
    OneCpu<P> machine(P::Create(Options(), kLimits).value(), {.limits = kLimits, .tick = tick});
    for (int i = 0; i < hogs; ++i) machine.Start(Hog);
    start(&machine);
    machine.RunFor(kPlay);
    Nanos sum;
    for (int number = hogs; number < machine.tasks(); ++number) sum += machine.Ran(number);
    return static_cast<double>(sum.count()) / static_cast<double>(kPlay.count());
  }
  double PlayAlone(int hogs, Nanos tick, const typename OneCpu<P>::Behaviour& player) {
    return Play(hogs, tick, [&](OneCpu<P>* machine) { machine->Start(player); });
  }
};
using Policies = testing::Types<VruntimePolicy, LatencyPolicy>;

struct Names {
  template <typename P>
  static std::string GetName(int) {
    return std::string(P::kName);
  }
};
TYPED_TEST_SUITE(GamingTest, Policies, Names);

// Just before its slice ends it naps, to look interactive.
TYPED_TEST(GamingTest, Naps) {
  for (Nanos tick : kTicks) {
    for (Nanos run : {Micros(100), Millis(1), Micros(3900), Millis(8)}) {
      for (Nanos nap : {Micros(1), Micros(10), Millis(1)}) {
        const double share =
            this->PlayAlone(3, tick, [=] { return Burst{.run = run, .sleep = nap}; });
        EXPECT_LT(share, 0.25 + kSlack) << tick << " " << run << " " << nap;
      }
    }
  }
}

TYPED_TEST(GamingTest, Yields) {
  for (Nanos tick : kTicks) {
    for (Nanos run : {Micros(100), Millis(1), Micros(3900)}) {
      EXPECT_NEAR(this->PlayAlone(3, tick, [=] { return Burst{.run = run}; }), 0.25, 0.01)
          << tick << " " << run;
    }
  }
}

// Sleeps to save up CPU time. A sleep is worth at most the bound and a turn, so a burst of 40 ms
// beside three hogs takes at least four times what is left of it.
TYPED_TEST(GamingTest, SleepsLongAndRunsLong) {
  for (Nanos tick : kTicks) {
    const double share =
        this->PlayAlone(3, tick, [] { return Burst{.run = Millis(40), .sleep = Millis(360)}; });
    EXPECT_LT(share, 40.0 / (360 + 4 * (40 - 8 - 8))) << tick;
    EXPECT_GT(share, 0.9 * 40 / (360 + 4 * 40)) << tick;
  }
}

// A good reputation, earned by short bursts, does not outlast them...
TYPED_TEST(GamingTest, FakesShortBurstsAndRunsLong) {
  for (Nanos tick : kTicks) {
    int n = 0;
    const double share = this->PlayAlone(3, tick, [&n] {
      return ++n % 40 == 0 ? Burst{.run = Millis(500), .sleep = Millis(1)}
                           : Burst{.run = Micros(200), .sleep = Millis(2)};
    });
    EXPECT_LT(share, 0.25 + kSlack) << tick;
  }
}

// ...and buys order, not CPU time: short bursts that add up to more than a share get a share.
TYPED_TEST(GamingTest, SplitsItsWorkIntoShortBursts) {
  for (Nanos tick : kTicks) {
    for (Nanos sleep : {Micros(1), Micros(100), Micros(750)}) {
      const double share =
          this->PlayAlone(7, tick, [=] { return Burst{.run = Micros(240), .sleep = sleep}; });
      EXPECT_LT(share, 0.125 + kSlack) << tick << " " << sleep;
    }
  }
}

// Two tasks that take turns with 1 ms each get no more than the shares of two.
TYPED_TEST(GamingTest, SplitsInTwo) {
  for (Nanos tick : kTicks) {
    const double share = this->Play(3, tick, [](OneCpu<TypeParam>* machine) {
      for (int i = 0; i < 2; ++i) {
        machine->Start([] { return Burst{.run = Millis(1), .sleep = Millis(1)}; });
      }
    });
    EXPECT_LT(share, 0.4 + kSlack) << tick;
  }
}

// Each child works for a while, leaves the rest to a child of its own, and exits.
template <typename P>
void StartChild(OneCpu<P>* machine, Nanos run) {
  machine->Start(
      [=] { return Burst{.run = run, .exit = true, .at_end = [=] { StartChild(machine, run); }}; });
}

TYPED_TEST(GamingTest, ForksSerially) {
  for (Nanos tick : kTicks) {
    for (Nanos run : {Micros(200), Millis(1), Millis(3)}) {
      const double share =
          this->Play(2, tick, [=](OneCpu<TypeParam>* machine) { StartChild(machine, run); });
      EXPECT_LT(share, 1.0 / 3 + kSlack) << tick << " " << run;
    }
  }
}

}  // namespace
}  // namespace scxx
