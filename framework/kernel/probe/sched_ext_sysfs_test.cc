// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/probe/sched_ext_sysfs.h"

#include "framework/kernel/testing/fake_root.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(SchedExtSysfs, ReadsAnAttachedScheduler) {
  FakeRoot root;
  root.Write("/sys/kernel/sched_ext/state", "enabled\n");
  root.Write("/sys/kernel/sched_ext/root/ops", "simple\n");
  root.Write("/sys/kernel/sched_ext/root/events", "SCX_EV_A 3\nSCX_EV_B 0\n");
  root.Write("/sys/kernel/sched_ext/hotplug_seq", "7\n");
  root.Write("/sys/kernel/sched_ext/enable_seq", "2\n");
  root.Write("/sys/kernel/sched_ext/nr_rejected", "1\n");
  const SchedExtSysfs sysfs(root.path());

  EXPECT_TRUE(sysfs.Exists());
  EXPECT_EQ(sysfs.State(), "enabled");
  EXPECT_EQ(sysfs.OpsName(), "simple");
  EXPECT_EQ(sysfs.HotplugSequence(), 7u);
  EXPECT_EQ(sysfs.EnableSequence(), 2u);
  EXPECT_EQ(sysfs.RejectedTasks(), 1u);
  EXPECT_THAT(sysfs.Events(), ElementsAre(Pair("SCX_EV_A", 3), Pair("SCX_EV_B", 0)));
}

TEST(SchedExtSysfs, ReadsNothingWhereThereIsNothing) {
  FakeRoot root;
  const SchedExtSysfs sysfs(root.path());
  EXPECT_FALSE(sysfs.Exists());
  EXPECT_EQ(sysfs.State(), "");
  EXPECT_EQ(sysfs.HotplugSequence(), 0u);
  EXPECT_THAT(sysfs.Events(), IsEmpty());
}

TEST(SchedExtSysfs, ReadsNonsenseAsZero) {
  FakeRoot root;
  root.Write("/sys/kernel/sched_ext/hotplug_seq", "many\n");
  EXPECT_EQ(SchedExtSysfs(root.path()).HotplugSequence(), 0u);
}

}  // namespace
}  // namespace scxx
