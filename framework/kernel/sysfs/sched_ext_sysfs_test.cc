// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/sysfs/sched_ext_sysfs.h"

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

TEST(SchedExtSysfs, SnapshotHasAllOfIt) {
  FakeRoot root;
  root.Write("/sys/kernel/sched_ext/state", "enabled\n");
  root.Write("/sys/kernel/sched_ext/root/ops", "fifo\n");
  root.Write("/sys/kernel/sched_ext/root/events",
             "SCX_EV_SELECT_CPU_FALLBACK 0\nnonsense\nSCX_EV_DISPATCH_KEEP_LAST 12\n");
  root.Write("/sys/kernel/sched_ext/nr_rejected", "3\n");
  root.Write("/sys/kernel/sched_ext/enable_seq", "2\n");
  const SchedExtState state = SchedExtSysfs(root.path()).Snapshot();
  EXPECT_TRUE(state.present());
  EXPECT_EQ(state.state, "enabled");
  EXPECT_EQ(state.ops, "fifo");
  EXPECT_EQ(state.nr_rejected, 3);
  EXPECT_EQ(state.enable_seq, 2);
  ASSERT_EQ(state.events.size(), 2u);
  EXPECT_EQ(state.events[1].first, "SCX_EV_DISPATCH_KEEP_LAST");
  EXPECT_EQ(state.events[1].second, 12);
}

TEST(SchedExtSysfs, AKernelWithoutSchedExtIsNotPresent) {
  EXPECT_FALSE(SchedExtSysfs("/nonexistent").Snapshot().present());
}

TEST(EventsBetween, SubtractsWithinOneAttachment) {
  const SchedExtState before = {.enable_seq = 1, .events = {{"A", 5}, {"B", 1}}};
  const SchedExtState after = {.enable_seq = 1, .events = {{"A", 7}, {"B", 1}, {"C", 4}}};
  EXPECT_EQ(EventsBetween(before, after), (SchedExtEvents{{"A", 2}, {"B", 0}, {"C", 4}}));
}

TEST(EventsBetween, StartsAnewWithAnotherAttachment) {
  const SchedExtState before = {.enable_seq = 1, .events = {{"A", 5}}};
  const SchedExtState after = {.enable_seq = 2, .events = {{"A", 3}}};
  EXPECT_EQ(EventsBetween(before, after), (SchedExtEvents{{"A", 3}}));
}

}  // namespace
}  // namespace scxx
