// SPDX-License-Identifier: Apache-2.0
//
// Two sockets of two cores of two CPUs, the second CPU of each core offline at first (the kernel
// starts the first ones of all cores first), and a node that has memory only.

#include "framework/base/cpu_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kernel/odd_machine.h"

namespace scxx {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(Siblings, EachCoreHasOneCpuAtFirst) {
  const Topology machine = Machine();
  EXPECT_THAT(machine.notes(), IsEmpty());
  EXPECT_EQ(machine.max_cpus(), 8);
  EXPECT_THAT(machine.cores().sets(), SizeIs(4));
  EXPECT_EQ(machine.online().size(), 4);
  EXPECT_THAT(machine.llcs().sets(), SizeIs(2));
  EXPECT_THAT(machine.nodes().sets(), SizeIs(1));
  ExpectVruntimeWorks();
}

TEST(Siblings, AllOfThem) {
  for (int cpu = 1; cpu < 8; cpu += 2) SetOnline(cpu, true);
  EXPECT_EQ(Machine().online(), CpuSet::FirstN(8));
  EXPECT_THAT(Machine().cores().sets(), SizeIs(4));
  EXPECT_THAT(Machine().llcs().sets(), SizeIs(2));
  ExpectVruntimeWorks();
}

// What `nosmt` does: the second CPU of each core is offline, so the numbers have gaps.
TEST(Siblings, TurnedOff) {
  const size_t cores = Machine().cores().sets().size();
  WriteSys("devices/system/cpu/smt/control", "off");
  EXPECT_THAT(Machine().cores().sets(), SizeIs(cores));
  EXPECT_EQ(Machine().online().size(), static_cast<int>(cores));
  EXPECT_FALSE(Machine().online().Contains(CpuId(1)));
  ExpectVruntimeWorks();
}

}  // namespace
}  // namespace scxx
