// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/probe/cgroup_limits.h"

#include <filesystem>
#include <optional>
#include <string>

#include "framework/kernel/testing/fake_root.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::HasSubstr;
using testing::Not;

class CgroupLimitsTest : public testing::Test {
 protected:
  // A group as a kernel makes it.
  void AddGroup(const std::string& name, const std::string& mount = "/sys/fs/cgroup") {
    const std::string group = mount + "/" + name;
    root_.Write(group + "/cpu.max", "max 100000\n");
    root_.Write(group + "/cpu.weight", "100\n");
    root_.Write(group + "/cpu.idle", "0\n");
    root_.Write(group + "/cpu.uclamp.min", "0.00\n");
    root_.Write(group + "/cpu.uclamp.max", "max\n");
  }

  int Count() { return CountCgroupLimits(root_.path()).groups; }

  FakeRoot root_;
};

TEST_F(CgroupLimitsTest, FindsNoneWhereThereAreNone) {
  EXPECT_EQ(Count(), 0);
  AddGroup("system.slice");
  root_.Write("/sys/fs/cgroup/user.slice/cgroup.procs", "1\n");  // without the controller
  EXPECT_EQ(Count(), 0);
}

TEST_F(CgroupLimitsTest, EachKindOfLimitCounts) {
  AddGroup("a");
  for (const auto& [file, text] : {std::pair("cpu.max", "20000 100000\n"),
                                   {"cpu.weight", "30\n"},
                                   {"cpu.idle", "1\n"},
                                   {"cpu.uclamp.min", "12.50\n"},
                                   {"cpu.uclamp.max", "50.00\n"}}) {
    AddGroup("b");
    root_.Write(std::string("/sys/fs/cgroup/b/") + file, text);
    EXPECT_EQ(Count(), 1) << file;
  }
}

TEST_F(CgroupLimitsTest, GroupsWithinGroupsCountOnce) {
  AddGroup("a");
  AddGroup("a/b");
  root_.Write("/sys/fs/cgroup/a/cpu.weight", "30\n");
  root_.Write("/sys/fs/cgroup/a/b/cpu.weight", "30\n");
  root_.Write("/sys/fs/cgroup/a/b/cpu.max", "1000 100000\n");
  EXPECT_EQ(Count(), 2);
}

TEST_F(CgroupLimitsTest, LooksWhereVersionTwoIsMounted) {
  root_.Write("/proc/self/mounts",
              "sysfs /sys sysfs rw 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n");
  AddGroup("a", "/sys/fs/cgroup/unified");
  root_.Write("/sys/fs/cgroup/unified/a/cpu.weight", "30\n");
  root_.Write("/sys/fs/cgroup/cpu/cpu.weight", "30\n");
  EXPECT_EQ(Count(), 1);
}

TEST_F(CgroupLimitsTest, LooksAtVersionOneOfTheController) {
  root_.Write("/proc/self/mounts",
              "cgroup /sys/fs/cgroup/cpuset cgroup rw,nosuid,cpuset 0 0\n"
              "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0\n");
  root_.Write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.shares", "1024\n");
  root_.Write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(Count(), 0);
  root_.Write("/sys/fs/cgroup/cpu,cpuacct/a/cpu.shares", "200\n");
  root_.Write("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "5000\n");
  EXPECT_EQ(Count(), 2);
}

// Its path is longer than the kernel takes, so that it can be listed and not be opened: as good as
// one that goes between the two.
TEST_F(CgroupLimitsTest, AGroupThatCannotBeReadEndsNothing) {
  const std::string name(200, 'x');
  std::string deep = root_.path() + "/sys/fs/cgroup/deep";
  std::filesystem::create_directories(deep);
  const std::filesystem::path before = std::filesystem::current_path();
  for (int i = 0; i < 30; ++i) {
    std::filesystem::current_path(i == 0 ? deep : name);
    std::filesystem::create_directory(name);
  }
  std::filesystem::current_path(before);
  for (const char* group : {"a", "b", "c", "d", "e", "f"}) {
    AddGroup(group);
    root_.Write(std::string("/sys/fs/cgroup/") + group + "/cpu.weight", "30\n");
  }
  EXPECT_EQ(Count(), 6);
}

TEST_F(CgroupLimitsTest, LooksAtSoManyGroupsOnly) {
  for (const char* name : {"a", "b", "c"}) {
    AddGroup(name);
    root_.Write(std::string("/sys/fs/cgroup/") + name + "/cpu.weight", "30\n");
  }
  const CgroupLimits limits = CountCgroupLimits(root_.path(), 2);
  EXPECT_EQ(limits.groups, 2);
  EXPECT_TRUE(limits.more);
  EXPECT_THAT(DescribeLimits(limits), HasSubstr("at least 2 control groups have limits"));
}

TEST_F(CgroupLimitsTest, HasALineIfThereAreAny) {
  EXPECT_EQ(DescribeLimits({}), "");
  EXPECT_THAT(DescribeLimits({.groups = 1}), HasSubstr("1 control group has limits"));
  EXPECT_THAT(DescribeLimits({.groups = 1}), Not(HasSubstr("at least")));
}

class MemoryLeftTest : public testing::Test {
 protected:
  MemoryLeftTest() { root_.Write("/proc/self/cgroup", "4:cpu:/old\n0::/a/b\n"); }

  void Limit(const std::string& group, const std::string& most, const std::string& current) {
    root_.Write("/sys/fs/cgroup/" + group + "/memory.max", most + "\n");
    root_.Write("/sys/fs/cgroup/" + group + "/memory.current", current + "\n");
  }

  FakeRoot root_;
};

TEST_F(MemoryLeftTest, NoneWithoutALimit) {
  EXPECT_EQ(LeastMemoryLeft(root_.path()), std::nullopt);
  Limit("a/b", "max", "1000");
  Limit("other", "5000", "1000");
  EXPECT_EQ(LeastMemoryLeft(root_.path()), std::nullopt);
}

TEST_F(MemoryLeftTest, IsThatOfTheGroupThatLeavesLeast) {
  Limit("a/b", "5000", "1000");
  EXPECT_EQ(LeastMemoryLeft(root_.path())->bytes, 4000);
  Limit("a", "9000", "6500");
  const std::optional<MemoryLeft> left = LeastMemoryLeft(root_.path());
  EXPECT_EQ(left->bytes, 2500);
  EXPECT_EQ(left->group, "/sys/fs/cgroup/a");
}

TEST_F(MemoryLeftTest, WhatIsCachedOfFilesIsLeft) {
  Limit("a/b", "5000", "4000");
  root_.Write("/sys/fs/cgroup/a/b/memory.stat", "anon 1000\nfile 2500\nkernel 500\n");
  EXPECT_EQ(LeastMemoryLeft(root_.path())->bytes, 3500);
}

TEST_F(MemoryLeftTest, InAContainerTheGroupIsTheMountPoint) {
  root_.Write("/proc/self/cgroup", "0::/\n");
  EXPECT_EQ(LeastMemoryLeft(root_.path()), std::nullopt);
  Limit("", "5000", "1000");
  EXPECT_EQ(LeastMemoryLeft(root_.path())->group, "/sys/fs/cgroup");
}

}  // namespace
}  // namespace scxx
