// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/contenders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Catalog kCatalog = {{"fifo", "latency"},
                          [](const std::string& name) { return "/host/" + name; }};
const Catalog kNotBuilt = {{"fifo", "latency"}, [](const std::string&) { return ""; }};

std::string InGuest(const Contender& contender) { return "/guest/" + contender.name; }

std::string ErrorOf(const std::string& names, const std::vector<std::string>& peers = {},
                    const Catalog& catalog = kCatalog) {
  return std::string(ChooseContenders(names, peers, catalog).status().message());
}

TEST(ContendersTest, InTheOrderGiven) {
  const auto contenders = ChooseContenders("fifo,eevdf", {}, kCatalog);
  ASSERT_TRUE(contenders.ok());
  const std::vector<Scheduler> schedulers = SchedulersOf(*contenders, InGuest);
  ASSERT_EQ(schedulers.size(), 2u);
  EXPECT_EQ(schedulers[0].name, "fifo");
  EXPECT_THAT(schedulers[0].command,
              ElementsAre("/guest/fifo", "--backend=kernel", "--stats_interval=0"));
  EXPECT_EQ(contenders->at(0).file, "/host/fifo");
  EXPECT_EQ(schedulers[1].name, "eevdf");
  EXPECT_THAT(schedulers[1].command, IsEmpty());
}

TEST(ContendersTest, APeerIsAnyProgramWithItsArguments) {
  const auto contenders = ChooseContenders("eevdf", {"mine=/proc/self/exe,-v,--x=1"}, kNotBuilt);
  ASSERT_TRUE(contenders.ok()) << contenders.status();
  EXPECT_EQ(contenders->at(1).file, "/proc/self/exe");
  EXPECT_THAT(SchedulersOf(*contenders, InGuest)[1].command,
              ElementsAre("/guest/mine", "-v", "--x=1"));
}

TEST(ContendersTest, RefusesByName) {
  EXPECT_THAT(ErrorOf("eevdf,cfs"),
              HasSubstr("unknown scheduler cfs; known are eevdf, fifo, latency; any"));
  EXPECT_THAT(ErrorOf("fifo,fifo"), HasSubstr("fifo is there twice"));
  EXPECT_THAT(ErrorOf("fifo", {"fifo=/proc/self/exe"}), HasSubstr("fifo is there twice"));
  EXPECT_THAT(ErrorOf("fifo", {"x"}), HasSubstr("expected NAME=PATH"));
  EXPECT_THAT(ErrorOf("fifo", {"x=/no/such"}), HasSubstr("there is no file /no/such"));
  EXPECT_THAT(ErrorOf("fifo", {}, kNotBuilt), HasSubstr("start schedbench with bazel run"));
}

}  // namespace
}  // namespace scxx::bench
