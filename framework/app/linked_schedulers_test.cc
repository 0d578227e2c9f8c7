// SPDX-License-Identifier: Apache-2.0

#include "framework/app/linked_schedulers.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/app/options.h"
#include "framework/app/run_scheduler.h"
#include "framework/machine/testing/fake_machine.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

struct Idle {
  void OnRunnable(const Context&, const TaskRunnable&) {}
  void OnWithdrawn(const Context&, const TaskWithdrawn&) {}
  void OnGone(const Context&, const TaskGone&) {}
  void OnRefused(const Context&, const TaskRefused&) {}
  void Schedule(const Context&, DispatchSink&) {}
};
struct Later : Idle {
  static constexpr char kName[] = "later";
  static constexpr bool kDirect = true;
};
struct Earlier : Idle {
  static constexpr char kName[] = "earlier";
};

// As in a scheduler's NAME_program.cc.
const RegisterScheduler<Later> later({
    .summary = "some other time",
    .make_policy = [](const AppOptions&, const PolicyLimits&) -> absl::StatusOr<Later> {
      return Later();
    },
});
const RegisterScheduler<Earlier> earlier({
    .make_policy = [](const AppOptions&, const PolicyLimits&) -> absl::StatusOr<Earlier> {
      return absl::InvalidArgumentError("too early");
    },
});

TEST(LinkedSchedulers, AreSortedByName) {
  ASSERT_EQ(LinkedSchedulers().size(), 2u);
  EXPECT_EQ(LinkedSchedulers()[0].traits.name, "earlier");
  EXPECT_EQ(LinkedSchedulers()[1].traits.name, "later");
}

TEST(LinkedSchedulers, AreFoundByName) {
  const SchedulerProgram* const program = FindScheduler("later");
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(program->summary, "some other time");
  EXPECT_TRUE(program->traits.direct);
  EXPECT_EQ(FindScheduler("never"), nullptr);
  EXPECT_EQ(FindScheduler(""), nullptr);
}

TEST(LinkedSchedulers, MakeRunnersOfTheirPolicies) {
  FakeMachine machine({.max_tasks = 1, .max_cpus = 1});
  const AppOptions options;
  EXPECT_TRUE(FindScheduler("later")->make_runner(options, machine).ok());
  EXPECT_EQ(FindScheduler("earlier")->make_runner(options, machine).status(),
            absl::InvalidArgumentError("too early"));
}

TEST(LinkedSchedulersDeathTest, ANameIsTakenOnce) {
  EXPECT_DEATH(AddScheduler({.traits = {.name = "later"}}), "two schedulers of one name");
}

}  // namespace
}  // namespace scxx
