// SPDX-License-Identifier: Apache-2.0
// The checker is checked: on the classic litmus tests it finds what x86 allows, and no more.
#include "bpf/testing/explorer.h"

#include <cstdint>
#include <set>
#include <utility>

#include "gtest/gtest.h"

namespace scxx {
namespace {

class ExplorerTest : public testing::Test {
 protected:
  // Every pair of results that some order gives.
  std::set<std::pair<int, int>> Results() {
    std::set<std::pair<int, int>> results;
    explorer.Explore([&](const Explorer& end) { results.insert({end.Final(&a), end.Final(&b)}); });
    return results;
  }

  Explorer explorer;
  int x = 0;
  int y = 0;
  int a = -1;
  int b = -1;
};

TEST_F(ExplorerTest, StoresMayPassLoads) {
  explorer.AddThread([this] {
    Explorer::Write(&x, 1);
    Explorer::Write(&a, Explorer::Read(&y));
  });
  explorer.AddThread([this] {
    Explorer::Write(&y, 1);
    Explorer::Write(&b, Explorer::Read(&x));
  });
  EXPECT_TRUE(Results().count({0, 0}));
}

TEST_F(ExplorerTest, NotPastAnExchange) {
  explorer.AddThread([this] {
    Explorer::Modify(&x, [](int) { return 1; });
    Explorer::Write(&a, Explorer::Read(&y));
  });
  explorer.AddThread([this] {
    Explorer::Modify(&y, [](int) { return 1; });
    Explorer::Write(&b, Explorer::Read(&x));
  });
  EXPECT_EQ(Results(), (std::set<std::pair<int, int>>{{0, 1}, {1, 0}, {1, 1}}));
}

TEST_F(ExplorerTest, AWeakenedExchangeIsNoBarrier) {
  explorer.Weaken(&x);
  explorer.AddThread([this] {
    Explorer::Modify(&x, [](int) { return 1; });
    Explorer::Write(&a, Explorer::Read(&y));
  });
  explorer.AddThread([this] {
    Explorer::Modify(&y, [](int) { return 1; });
    Explorer::Write(&b, Explorer::Read(&x));
  });
  EXPECT_TRUE(Results().count({0, 0}));
}

TEST_F(ExplorerTest, StoresKeepTheirOrder) {
  explorer.AddThread([this] {
    Explorer::Write(&x, 1);
    Explorer::Write(&y, 1);
  });
  explorer.AddThread([this] {
    Explorer::Write(&a, Explorer::Read(&y));
    Explorer::Write(&b, Explorer::Read(&x));
  });
  EXPECT_EQ(Results(), (std::set<std::pair<int, int>>{{0, 0}, {0, 1}, {1, 1}}));
}

TEST_F(ExplorerTest, AThreadSeesItsOwnStores) {
  explorer.AddThread([this] {
    Explorer::Write(&x, 1);
    Explorer::Write(&a, Explorer::Read(&x));
  });
  EXPECT_EQ(Results(), (std::set<std::pair<int, int>>{{1, -1}}));
}

TEST_F(ExplorerTest, WaitsUntilAWordIsSet) {
  explorer.AddThread([this] {
    Explorer::Await(&x);
    Explorer::Write(&a, 1);
  });
  explorer.AddThread([this] { Explorer::Write(&x, 1); });
  EXPECT_EQ(Results(), (std::set<std::pair<int, int>>{{1, -1}}));
}

TEST_F(ExplorerTest, SaysWhoWaitsForEver) {
  explorer.AddThread([this] { Explorer::Await(&x); });
  explorer.AddThread([this] { Explorer::Write(&y, 1); });
  int ends = 0;
  explorer.Explore([&](const Explorer& end) {
    ++ends;
    EXPECT_FALSE(end.Returned(0));
    EXPECT_TRUE(end.Returned(1));
  });
  EXPECT_EQ(ends, 1);
}

TEST_F(ExplorerTest, TwoIncrementsAreNeverLostButPlainOnesMayBe) {
  const auto increment = [this] { Explorer::Modify(&x, [](int old) { return old + 1; }); };
  explorer.AddThread(increment);
  explorer.AddThread(increment);
  explorer.Explore([&](const Explorer& end) { EXPECT_EQ(end.Final(&x), 2); });
  explorer.Weaken(&x);
  bool lost = false;
  explorer.Explore([&](const Explorer& end) { lost |= end.Final(&x) == 1; });
  EXPECT_TRUE(lost);
}

}  // namespace
}  // namespace scxx
