// SPDX-License-Identifier: Apache-2.0
//
// A machine whose kernel has 2 of 16 CPUs online, as many virtual machines have it: only the two
// count, and one that comes.

#include "framework/base/cpu_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/odd_machine.h"

namespace scxx {
namespace {

TEST(OfflineCpus, TheMachineHasThem) {
  EXPECT_EQ(Machine().max_cpus(), 16);
  EXPECT_EQ(Machine().online(), CpuSet::FirstN(2));
  EXPECT_THAT(Machine().notes(), testing::IsEmpty());
}

TEST(OfflineCpus, SharesAreThoseOfTheCpusThatAreOnline) { ExpectVruntimeWorks(); }

// Until then it has no event ring: what is enqueued there is the kernel's.
TEST(OfflineCpus, OneThatComesEndsTheAttach) {
  auto agent = StartVruntime();
  ASSERT_TRUE(agent.ok()) << agent.status();
  SetOnline(15, true);
  const AgentOutcome outcome = (*agent)->Wait();
  SetOnline(15, false);
  EXPECT_TRUE(outcome.reported);
  EXPECT_TRUE(outcome.report.ShouldRestart()) << outcome.report.ToString();
}

TEST(OfflineCpus, OneThatCameCounts) {
  SetOnline(15, true);
  ExpectVruntimeWorks();
  SetOnline(15, false);
}

}  // namespace
}  // namespace scxx
