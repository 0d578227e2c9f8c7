// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/contenders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Nowhere(const std::string&) { return ""; }
std::string Somewhere(const std::string& name) { return "/host/" + name; }

std::string ErrorOf(const std::string& names, const std::vector<std::string>& peers = {},
                    const FindProgram& find = Somewhere) {
  return std::string(ChooseContenders(names, peers, find).status().message());
}

TEST(ContendersTest, InTheOrderGiven) {
  const auto contenders = ChooseContenders("fifo,eevdf", {}, Somewhere);
  ASSERT_TRUE(contenders.ok());
  const std::vector<Scheduler> schedulers = SchedulersOf(*contenders);
  ASSERT_EQ(schedulers.size(), 2u);
  EXPECT_EQ(schedulers[0].name, "fifo");
  EXPECT_THAT(schedulers[0].command,
              ElementsAre("/schedulers/fifo", "--backend=kernel", "--stats_interval=0"));
  EXPECT_EQ(contenders->at(0).file, "/host/fifo");
  EXPECT_EQ(schedulers[1].name, "eevdf");
  EXPECT_THAT(schedulers[1].command, IsEmpty());
}

TEST(ContendersTest, APeerIsAnyProgramWithItsArguments) {
  const auto contenders = ChooseContenders("eevdf", {"mine=/proc/self/exe,-v,--x=1"}, Nowhere);
  ASSERT_TRUE(contenders.ok()) << contenders.status();
  EXPECT_EQ(contenders->at(1).file, "/proc/self/exe");
  EXPECT_THAT(SchedulersOf(*contenders)[1].command, ElementsAre("/schedulers/mine", "-v", "--x=1"));
}

TEST(ContendersTest, RefusesByName) {
  EXPECT_THAT(ErrorOf("eevdf,cfs"), HasSubstr("unknown scheduler cfs; known are eevdf, fifo"));
  EXPECT_THAT(ErrorOf("fifo,fifo"), HasSubstr("fifo is there twice"));
  EXPECT_THAT(ErrorOf("fifo", {"fifo=/proc/self/exe"}), HasSubstr("fifo is there twice"));
  EXPECT_THAT(ErrorOf("fifo", {"x"}), HasSubstr("expected NAME=PATH"));
  EXPECT_THAT(ErrorOf("fifo", {"x=/no/such"}), HasSubstr("there is no file /no/such"));
  EXPECT_THAT(ErrorOf("fifo", {}, Nowhere), HasSubstr("start schedbench with bazel run"));
}

}  // namespace
}  // namespace scxx::bench
