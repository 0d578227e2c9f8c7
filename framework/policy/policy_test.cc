// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/policy.h"

#include <sstream>

#include "framework/base/cpu.h"
#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

struct Plain {
  static constexpr char kName[] = "plain";
  void OnRunnable(const Context&, const TaskRunnable&) {}
  void OnWithdrawn(const Context&, const TaskWithdrawn&) {}
  void OnGone(const Context&, const TaskGone&) {}
  void OnRefused(const Context&, const TaskRefused&) {}
  void Schedule(const Context&, DispatchSink&) {}
};
struct Direct : Plain {
  static constexpr char kName[] = "direct";
  static constexpr bool kDirect = true;
};

// One hook less than a policy needs.
struct Forgetful {
  static constexpr char kName[] = "forgetful";
  void OnRunnable(const Context&, const TaskRunnable&) {}
  void OnWithdrawn(const Context&, const TaskWithdrawn&) {}
  void OnGone(const Context&, const TaskGone&) {}
  void Schedule(const Context&, DispatchSink&) {}
};
struct Nameless : Forgetful {
  void OnRefused(const Context&, const TaskRefused&) {}

 private:
  using Forgetful::kName;
};

static_assert(Policy<Plain>);
static_assert(!Policy<Forgetful>);
static_assert(!Policy<Nameless>);

TEST(PolicyTraits, AreModestByDefault) {
  PolicyTraits traits = TraitsOf(Plain());
  EXPECT_EQ(traits.name, "plain");
  EXPECT_FALSE(traits.direct);
  EXPECT_FALSE(traits.wakeup_preemption);
}

TEST(PolicyTraits, TakeWhatThePolicyDeclares) {
  EXPECT_EQ(TraitsOf(Direct()).name, "direct");
  EXPECT_TRUE(TraitsOf(Direct()).direct);
}

TEST(PolicyTypes, PrintTheirReasons) {
  std::ostringstream out;
  out << RunnableReason::kSliceEnd << ' ' << WithdrawnReason::kTaken << ' '
      << RefusedReason::kQueueFull << ' ' << CpuView::State::kIdle << ' '
      << static_cast<RunnableReason>(99);
  EXPECT_EQ(out.str(), "slice_end taken queue_full idle RunnableReason(99)");
}

}  // namespace
}  // namespace scxx
