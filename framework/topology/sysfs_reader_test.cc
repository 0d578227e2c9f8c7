// SPDX-License-Identifier: Apache-2.0
//
// Topology::FromSysfs on invented sysfs trees.

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/topology/topology.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Four CPUs, two cores of two threads, a second-level cache a core and a third-level one for all,
// two nodes; CPUs 4 and 5 are possible, not online.
class SysfsReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = testing::TempDir() + "/" + info->name();
    std::filesystem::remove_all(root_);
    Write("cpu/possible", "0-5\n");
    Write("cpu/online", "0-3\n");
    for (int cpu = 0; cpu < 4; ++cpu) WriteCpu(cpu, cpu < 2 ? "0-1\n" : "2-3\n");
    Write("node/online", "0-1\n");
    Write("node/node0/cpulist", "0-1\n");
    Write("node/node1/cpulist", "2-5\n");
  }

  void WriteCpu(int cpu, const std::string& core) {
    std::string dir = "cpu/cpu" + std::to_string(cpu);
    Write(dir + "/topology/core_cpus_list", core);
    Write(dir + "/topology/package_cpus_list", "0-3\n");
    Write(dir + "/cache/index0/level", "2\n");
    Write(dir + "/cache/index0/shared_cpu_list", core);
    Write(dir + "/cache/index1/level", "3\n");
    Write(dir + "/cache/index1/shared_cpu_list", "0-3\n");
  }

  void Write(const std::string& path, const std::string& text) {
    std::filesystem::path file = Path(path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void Remove(const std::string& path) { ASSERT_GT(std::filesystem::remove_all(Path(path)), 0u); }
  std::string Path(const std::string& path) const { return root_ + "/devices/system/" + path; }

  // Of the last level.
  static std::string Cache(int cpu) {
    return "cpu/cpu" + std::to_string(cpu) + "/cache/index1/shared_cpu_list";
  }

  absl::StatusOr<Topology> Read() const { return Topology::FromSysfs(root_); }
  absl::StatusOr<CpuSet> ReadOnline() const { return ReadOnlineCpus(root_); }

  // "0-1 2-3": the groups, for comparison.
  static std::string Print(const CpuGroups& groups) {
    std::ostringstream out;
    for (const CpuSet& set : groups.sets()) out << (out.tellp() > 0 ? " " : "") << set;
    return out.str();
  }

  void ExpectOneNote(const std::string& assumed, const std::string& because) const {
    const absl::StatusOr<Topology> t = Read();
    ASSERT_TRUE(t.ok()) << t.status();
    EXPECT_THAT(t->notes(), ElementsAre(AllOf(HasSubstr(assumed), HasSubstr(because))));
  }

  void ExpectError(absl::StatusCode code, const std::string& fragment) const {
    absl::Status status = Read().status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_NE(status.message().find(fragment), absl::string_view::npos) << status;
  }

 private:
  std::string root_;
};

TEST_F(SysfsReaderTest, ReadsTheOnlineCpusAlone) {
  EXPECT_EQ(ReadOnline().value(), CpuSet::FirstN(4));
  Remove("cpu/online");
  EXPECT_EQ(ReadOnline().status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SysfsReaderTest, ReadsTheMachine) {
  absl::StatusOr<Topology> t = Read();
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_EQ(t->max_cpus(), 6);
  EXPECT_EQ(t->online(), CpuSet::FirstN(4));
  EXPECT_EQ(Print(t->cores()), "0-1 2-3");
  EXPECT_EQ(Print(t->llcs()), "0-1 2-3");
  EXPECT_EQ(Print(t->nodes()), "0-1 2-3");
}

TEST_F(SysfsReaderTest, TakesTheOlderNames) {
  for (int cpu = 0; cpu < 4; ++cpu) {
    std::string dir = "cpu/cpu" + std::to_string(cpu) + "/topology/";
    Remove(dir + "core_cpus_list");
    Write(dir + "thread_siblings_list", std::to_string(cpu));
  }
  absl::StatusOr<Topology> t = Read();
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_EQ(Print(t->cores()), "0 1 2 3");
}

TEST_F(SysfsReaderTest, TakesThePackageWhereNoCacheIsDescribed) {
  Remove("node");
  for (int cpu = 0; cpu < 4; ++cpu) Remove("cpu/cpu" + std::to_string(cpu) + "/cache");
  absl::StatusOr<Topology> t = Read();
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_EQ(Print(t->llcs()), "0-3");
}

TEST_F(SysfsReaderTest, AssumesOneNodeWithoutNuma) {
  Remove("node");
  absl::StatusOr<Topology> t = Read();
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_EQ(Print(t->nodes()), "0-3");
}

TEST_F(SysfsReaderTest, AcceptsANodeWithoutCpus) {
  Write("node/online", "0-2\n");
  Write("node/node2/cpulist", "\n");
  absl::StatusOr<Topology> t = Read();
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_EQ(Print(t->nodes()), "0-1 2-3");
}

TEST_F(SysfsReaderTest, IgnoresOfflineCpusInGroups) {
  Write("cpu/online", "0-2\n");
  absl::StatusOr<Topology> t = Read();
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_EQ(Print(t->cores()), "0-1 2");
  EXPECT_TRUE(t->cores().Of(CpuId(3)).empty());
}

TEST_F(SysfsReaderTest, NamesAMissingFile) {
  Remove("cpu/possible");
  ExpectError(absl::StatusCode::kNotFound, "/cpu/possible: is sysfs mounted?");
}

TEST_F(SysfsReaderTest, RefusesMoreCpusThanItCanCount) {
  Write("cpu/possible", "0-5000\n");
  ExpectError(absl::StatusCode::kInvalidArgument, "CPUs below 1024");
}

TEST_F(SysfsReaderTest, RefusesOnlineCpusThatAreNotPossible) {
  Write("cpu/possible", "0-2\n");
  ExpectError(absl::StatusCode::kInvalidArgument, "/cpu/online");
}

TEST_F(SysfsReaderTest, RefusesAMachineWithoutCpus) {
  Write("cpu/online", "\n");
  ExpectError(absl::StatusCode::kInvalidArgument, "/cpu/online");
}

// What makes no sense is left out, and said.

TEST_F(SysfsReaderTest, AMachineThatMakesSenseHasNoNote) {
  EXPECT_THAT(Read()->notes(), IsEmpty());
}

TEST_F(SysfsReaderTest, WithoutATopologyEachCpuIsACore) {
  Remove("cpu/cpu2/topology");
  ExpectOneNote("cores are taken as one core a CPU", "cpu2/topology/thread_siblings_list");
  EXPECT_EQ(Print(Read()->cores()), "0 1 2 3");
  EXPECT_EQ(Print(Read()->nodes()), "0-1 2-3");
}

TEST_F(SysfsReaderTest, CoresThatContradictEachOther) {
  Write("cpu/cpu1/topology/core_cpus_list", "1-2\n");
  ExpectOneNote("cores are taken as one core a CPU", "CPU 1's core");
  EXPECT_EQ(Print(Read()->cores()), "0 1 2 3");
}

TEST_F(SysfsReaderTest, ACoreWithoutItsCpu) {
  Write("cpu/cpu0/topology/core_cpus_list", "1\n");
  ExpectOneNote("cores are taken as one core a CPU", "CPU 0's core");
}

TEST_F(SysfsReaderTest, ACoreOfTwoCaches) {
  for (int cpu = 0; cpu < 4; ++cpu) {
    Write(Cache(cpu), cpu % 2 == 0 ? "0,2" : "1,3");
  }
  Remove("node");
  ExpectOneNote("cores are taken as one core a CPU", "CPU 0's core has several caches");
  EXPECT_EQ(Print(Read()->llcs()), "0,2 1,3");
}

TEST_F(SysfsReaderTest, ACpuInTwoCaches) {
  Write(Cache(0), "0-1\n");
  ExpectOneNote("caches are taken as one cache a node", "CPU 1's last-level cache");
  EXPECT_EQ(Print(Read()->llcs()), "0-1 2-3");
  Remove("node");
  EXPECT_EQ(Print(Read()->llcs()), "0-3");
}

TEST_F(SysfsReaderTest, ACacheFolderThatOnlySomeCpusHave) {
  Write("cpu/cpu0/cache/index1/shared_cpu_list", "0-1\n");
  Write("cpu/cpu1/cache/index1/shared_cpu_list", "0-1\n");
  Remove("cpu/cpu2/cache");
  Remove("node");
  ExpectOneNote("caches are taken as one cache a node", "CPU 2's last-level cache");
  EXPECT_EQ(Print(Read()->llcs()), "0-3");
}

TEST_F(SysfsReaderTest, AFileThatIsNoCpuList) {
  Write(Cache(1), "all of them");
  ExpectOneNote("caches", "cpu1/cache/index1/shared_cpu_list: \"all of them\"");
}

TEST_F(SysfsReaderTest, ACacheLevelThatIsNoNumber) {
  Write("cpu/cpu1/cache/index0/level", "two");
  ExpectOneNote("caches", "cpu1/cache/index0/level: \"two\"");
}

TEST_F(SysfsReaderTest, ACpuOnTwoNodes) {
  Write("node/node1/cpulist", "1-3\n");
  ExpectOneNote("NUMA nodes are taken as one node", "node1/cpulist: a CPU is on two nodes");
  EXPECT_EQ(Print(Read()->nodes()), "0-3");
}

TEST_F(SysfsReaderTest, ACpuOnNoNode) {
  Write("node/node1/cpulist", "2\n");
  ExpectOneNote("NUMA nodes are taken as one node", "CPU 3 is on no node");
}

TEST_F(SysfsReaderTest, ANodeWithoutItsFile) {
  Write("node/online", "0-2\n");
  ExpectOneNote("NUMA nodes are taken as one node", "node2/cpulist");
}

TEST_F(SysfsReaderTest, EachPartThatMakesNoSenseHasALine) {
  Write("node/node1/cpulist", "2\n");
  Write("cpu/cpu0/topology/core_cpus_list", "1\n");
  EXPECT_THAT(Read()->notes(), SizeIs(2));
}

// Odd, and no contradiction.

TEST_F(SysfsReaderTest, ACacheOfTwoNodesIsOneOfEach) {
  EXPECT_EQ(Print(Read()->llcs()), "0-1 2-3");
}

TEST_F(SysfsReaderTest, NumbersMayHaveGaps) {
  Write("cpu/possible", "0-3,8-9\n");
  Write("cpu/online", "0-1,8\n");
  WriteCpu(8, "8-9\n");
  Write("cpu/cpu8/cache/index1/shared_cpu_list", "8-9\n");
  for (int cpu = 0; cpu < 2; ++cpu) Write(Cache(cpu), "0-3");
  Write("node/online", "0,5\n");
  Write("node/node5/cpulist", "8-9\n");
  absl::StatusOr<Topology> t = Read();
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_THAT(t->notes(), IsEmpty());
  EXPECT_EQ(t->max_cpus(), 10);
  EXPECT_EQ(Print(t->cores()), "0-1 8");
  EXPECT_EQ(Print(t->llcs()), "0-1 8");
  EXPECT_EQ(Print(t->nodes()), "0-1 8");
}

TEST_F(SysfsReaderTest, AnOfflineCpuNeedsNoFolder) {
  Write("cpu/online", "0-2\n");
  Remove("cpu/cpu3");
  EXPECT_THAT(Read()->notes(), IsEmpty());
}

// Two cores of two threads, and four small ones, of which two have a cache of their own.
TEST_F(SysfsReaderTest, CoresMayDiffer) {
  Remove("node");
  Write("cpu/possible", "0-7\n");
  Write("cpu/online", "0-7\n");
  for (int cpu = 0; cpu < 6; ++cpu) {
    WriteCpu(cpu, cpu < 2 ? "0-1\n" : cpu < 4 ? "2-3\n" : std::to_string(cpu));
    Write(Cache(cpu), "0-5\n");
  }
  for (int cpu = 6; cpu < 8; ++cpu) {
    WriteCpu(cpu, std::to_string(cpu));
    Remove("cpu/cpu" + std::to_string(cpu) + "/cache/index1");
    Write("cpu/cpu" + std::to_string(cpu) + "/cache/index0/shared_cpu_list", "6-7\n");
  }
  absl::StatusOr<Topology> t = Read();
  ASSERT_TRUE(t.ok()) << t.status();
  EXPECT_THAT(t->notes(), IsEmpty());
  EXPECT_EQ(Print(t->cores()), "0-1 2-3 4 5 6 7");
  EXPECT_EQ(Print(t->llcs()), "0-5 6-7");
}

TEST(SysfsReader, ReadsThisMachine) {
  absl::StatusOr<Topology> t = Topology::FromSysfs();
  if (absl::IsNotFound(t.status())) GTEST_SKIP() << t.status();
  ASSERT_TRUE(t.ok()) << t.status();
  for (CpuId cpu : t->online()) EXPECT_TRUE(t->llcs().Of(cpu).Contains(cpu));
}

}  // namespace
}  // namespace scxx
