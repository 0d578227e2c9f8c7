// SPDX-License-Identifier: Apache-2.0
//
// A machine that has 2 CPUs and could have 240, as many virtual machines and desktops can: only the
// two count.

#include "framework/base/cpu_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kernel/odd_machine.h"

namespace scxx {
namespace {

TEST(PossibleCpus, TheMachineCouldHaveThem) {
  EXPECT_EQ(Machine().max_cpus(), 240);
  EXPECT_EQ(Machine().online(), CpuSet::FirstN(2));
  EXPECT_THAT(Machine().notes(), testing::IsEmpty());
}

TEST(PossibleCpus, SharesAreThoseOfTheCpusThatAreThere) { ExpectVruntimeWorks(); }

}  // namespace
}  // namespace scxx
