// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/free_cpus.h"

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/fair/cpus/cpu_domains.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using Distance = CpuDomains::Distance;
using State = CpuView::State;

// Two nodes of two caches of two CPUs, all busy.
class FreeCpusTest : public testing::Test {
 protected:
  FreeCpusTest() {
    ctx_.cpus = cpus_;
    domains_.Adopt(machine_);
  }

  void Free(int cpu, State state = State::kIdle) {
    cpus_[cpu].state = state;
    rooms_[cpu].free_cpus = 1;
  }
  void Look() {
    sink_.Begin({}, rooms_);
    free_.Look(ctx_, sink_, domains_);
  }
  std::optional<Distance> From(uint32_t domain) { return free_.DistanceFrom(domain); }
  CpuId Near(uint32_t domain, int home) { return free_.NearestTo(domain, CpuId(home)); }

  const Topology machine_ =
      Topology::Synthetic({.nodes = 2, .llcs_per_node = 2, .cores_per_llc = 2});
  CpuDomains domains_{8};
  FreeCpus free_{8};
  std::vector<CpuView> cpus_ = std::vector<CpuView>(8, {.state = State::kRunning});
  std::vector<Room> rooms_ = std::vector<Room>(8, {.space = 8, .free_cpus = 0});
  std::vector<Nanos> usual_ = {Millis(1)};
  std::vector<Dispatch> buffer_ = std::vector<Dispatch>(8);
  DispatchSink sink_{absl::MakeSpan(buffer_), Lookahead(Nanos::Zero(), usual_, 8)};
  Context ctx_;
};

TEST_F(FreeCpusTest, FindsNoneOnABusyMachine) {
  Look();
  EXPECT_FALSE(free_.any());
  EXPECT_EQ(From(0), std::nullopt);
  EXPECT_EQ(Near(0, 0), CpuId::None());
}

TEST_F(FreeCpusTest, KnowsHowFarTheNearestIs) {
  Free(3);
  Look();
  EXPECT_EQ(From(1), Distance::kSame);
  EXPECT_EQ(From(0), Distance::kNear);
  EXPECT_EQ(From(2), Distance::kFar);
  for (uint32_t domain = 0; domain < 4; ++domain) EXPECT_EQ(Near(domain, 0), CpuId(3));
}

TEST_F(FreeCpusTest, PrefersTheAgentsThenTheOneItRanOnThenTheLowest) {
  Free(2);
  Free(3);
  Look();
  EXPECT_EQ(Near(1, 0), CpuId(2));
  EXPECT_EQ(Near(1, 3), CpuId(3));
  Free(2, State::kOther);
  Look();
  EXPECT_EQ(Near(1, 3), CpuId(2));
  Free(0, State::kOther);
  Look();
  EXPECT_EQ(Near(1, 3), CpuId(2)) << "near first, whatever it is";
}

TEST_F(FreeCpusTest, CountsWhatIsGivenAway) {
  Free(2);
  Free(4);
  Look();
  sink_.Dispatch({.task = {.slot = 0}, .cpu = CpuId(2), .slice = Millis(1)});
  free_.Update(CpuId(2));
  EXPECT_EQ(From(1), Distance::kFar);
  EXPECT_EQ(Near(1, 2), CpuId(4));
  free_.Update(CpuId(2));
  EXPECT_TRUE(free_.any());
}

TEST_F(FreeCpusTest, KeepsToASetOfCpus) {
  Free(2);
  Free(5);
  Free(6);
  Look();
  CpuSet far;
  for (int cpu : {4, 5, 6, 7}) far.Add(CpuId(cpu));
  EXPECT_EQ(free_.NearestAmong(far, CpuId(3)), CpuId(5));
  EXPECT_EQ(free_.NearestAmong(far, CpuId(7)), CpuId(6));
  EXPECT_EQ(free_.NearestAmong(CpuSet::FirstN(2), CpuId(7)), CpuId::None());
}

TEST_F(FreeCpusTest, LeavesOutWhatIsOffline) {
  Free(1, State::kOffline);
  Look();
  EXPECT_FALSE(free_.any());
}

// Two cores of two CPUs in each of two caches.
class FreeSiblingsTest : public FreeCpusTest {
 protected:
  FreeSiblingsTest() { domains_.Adopt(smt_); }
  const Topology smt_ =
      Topology::Synthetic({.llcs_per_node = 2, .cores_per_llc = 2, .threads_per_core = 2});
};

TEST_F(FreeSiblingsTest, ACoreWithNothingToRunComesFirst) {
  for (int cpu : {1, 2, 3}) Free(cpu);
  Look();
  EXPECT_EQ(Near(0, 0), CpuId(2));
  EXPECT_EQ(Near(0, 1), CpuId(2)) << "although it ran beside what runs on CPU 0";
  EXPECT_EQ(Near(0, 3), CpuId(3));
  EXPECT_EQ(free_.NearestAmong(CpuSet::FirstN(2), CpuId(0)), CpuId(1)) << "it may go nowhere else";
}

TEST_F(FreeSiblingsTest, WhatWasSentToACoreCounts) {
  for (int cpu : {0, 1, 2, 3}) Free(cpu);
  Look();
  EXPECT_EQ(Near(0, 0), CpuId(0));
  sink_.Dispatch({.task = {.slot = 0}, .cpu = CpuId(0), .slice = Millis(1)});
  free_.Update(CpuId(0));
  EXPECT_EQ(Near(0, 1), CpuId(2));
}

TEST_F(FreeSiblingsTest, TheAgentsCpuComesBehindAWholeCore) {
  Free(1, State::kOther);
  Free(2);
  Free(3);
  Look();
  EXPECT_EQ(Near(0, 1), CpuId(2));
}

TEST_F(FreeSiblingsTest, TheCacheComesBeforeTheCore) {
  for (int cpu : {1, 4, 5}) Free(cpu);
  Look();
  EXPECT_EQ(Near(0, 0), CpuId(1));
}

}  // namespace
}  // namespace scxx
