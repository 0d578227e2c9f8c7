// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Plan kPlan = {
    .before = {{"probe", {"nice_mix", "--nices=0,0"}}},
    .schedulers = {{"eevdf", {}}, {"fifo", {"/bin/fifo", "--backend=kernel"}}},
    .beside = {{"crowd", {"/bin/load", "spin", "--tasks=300"}}},
    .runs = {{"pairs", {"pipe_pairs", "--pairs=4"}}, {"idle", {"idle"}}},
};

TEST(PlanTest, IsOneArgumentASchedulerAndARun) {
  const auto arguments = EncodePlan(kPlan);
  ASSERT_TRUE(arguments.ok());
  EXPECT_THAT(*arguments, ElementsAre("before probe nice_mix --nices=0,0", "scheduler eevdf",
                                      "scheduler fifo /bin/fifo --backend=kernel",
                                      "beside crowd /bin/load spin --tasks=300",
                                      "run pairs pipe_pairs --pairs=4", "run idle idle"));
}

TEST(PlanTest, ComesBackAsItWas) {
  const auto plan = DecodePlan(*EncodePlan(kPlan));
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(*plan, kPlan);
}

TEST(PlanTest, RefusesBlanksInWords) {
  const auto arguments = EncodePlan({.schedulers = {{"a scheduler", {}}}});
  EXPECT_THAT(std::string(arguments.status().message()), HasSubstr("\"a scheduler\""));
}

TEST(PlanTest, RefusesWhatItDoesNotKnow) {
  for (const char* argument : {"", "scheduler", "run pairs", "beside crowd", "boot now please"}) {
    EXPECT_FALSE(DecodePlan({argument}).ok()) << argument;
  }
}

}  // namespace
}  // namespace scxx::bench
