// SPDX-License-Identifier: Apache-2.0
#include "lifo/lifo_policy.h"

#include <vector>

#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

TEST(LifoPolicy, RunsTheLastToComeFirst) {
  scxx::PolicyDriver<LifoPolicy> driver(LifoPolicy(scxx::Millis(1), scxx::kDriverLimits));
  const scxx::TaskId a = driver.Wake(0);
  const scxx::TaskId b = driver.Wake(1);
  EXPECT_EQ(driver.ScheduleTasks(), (std::vector<scxx::TaskId>{b, a}));
}
