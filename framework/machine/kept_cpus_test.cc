// SPDX-License-Identifier: Apache-2.0
#include "framework/machine/kept_cpus.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

// As Linux 7.3 writes it.
std::string Cpu(int cpu, const std::string& curr, const std::string& its_class) {
  return absl::StrCat("\nCPU ", cpu, "   : nr_run=3 flags=0x1 cpu_rel=0 ksync=798\n",
                      "          rescue=0 budget=0us rescuing=none[-1]\n", "          curr=", curr,
                      " class=", its_class, "_sched_class\n",
                      "\n  R hog[12] -5001ms\n      scx_state/flags=3/0x1\n");
}

TEST(DescribeKeptCpus, NamesTheTaskAndItsClass) {
  EXPECT_EQ(DescribeKeptCpus(Cpu(0, "hog[12]", "ext") + Cpu(1, "audio[77]", "rt")),
            "CPU 1 ran audio[77] of SCHED_FIFO or SCHED_RR, which go before sched_ext");
  EXPECT_EQ(DescribeKeptCpus(Cpu(12, "x y[7]", "dl")),
            "CPU 12 ran x y[7] of SCHED_DEADLINE, which go before sched_ext");
}

TEST(DescribeKeptCpus, SaysNothingWhereThereIsNothingToSay) {
  EXPECT_EQ(DescribeKeptCpus(""), "");
  EXPECT_EQ(DescribeKeptCpus(Cpu(0, "hog[12]", "ext")), "");
  EXPECT_EQ(DescribeKeptCpus(Cpu(0, "migration/0[18]", "stop")), "");
  EXPECT_EQ(DescribeKeptCpus(Cpu(0, "swapper/0[0]", "idle")), "");
  const std::string dump = Cpu(0, "audio[77]", "rt");
  EXPECT_EQ(DescribeKeptCpus(dump.substr(0, dump.find("_sched_class"))), "") << "cut off";
}

TEST(DescribeKeptCpus, NamesAFewOfMany) {
  std::string dump;
  for (int cpu = 0; cpu < 6; ++cpu) dump += Cpu(cpu, "rt[5]", "rt");
  const std::string text = DescribeKeptCpus(dump);
  EXPECT_NE(text.find("CPU 3 ran"), std::string::npos);
  EXPECT_EQ(text.find("CPU 4 ran"), std::string::npos);
  EXPECT_NE(text.find(", and 2 more"), std::string::npos);
}

// A name has 15 letters, in which no class can stand.
TEST(DescribeKeptCpus, IsNotMisledByNames) {
  EXPECT_EQ(DescribeKeptCpus(Cpu(0, "curr=a[1] class[9]", "ext")), "");
  EXPECT_EQ(DescribeKeptCpus(Cpu(0, "hog[1]", "ext") + "  R CPU 7: class=[3] -1ms\n"), "");
  EXPECT_EQ(DescribeKeptCpus(Cpu(0, "a class=b[9]", "rt")),
            "CPU 0 ran a class=b[9] of SCHED_FIFO or SCHED_RR, which go before sched_ext");
}

}  // namespace
}  // namespace scxx
