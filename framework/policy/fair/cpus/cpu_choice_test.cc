// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/cpu_choice.h"

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using State = CpuView::State;

// Four busy CPUs with room on each.
class CpuChoiceTest : public testing::Test {
 protected:
  CpuChoiceTest() { ctx_.cpus = cpus_; }

  CpuId Choose(const CpuSet& allowed, CpuId home) { return ChooseCpu(ctx_, Sink(), allowed, home); }
  void Fill(int cpu) { rooms_[cpu].space = 0; }
  void Idle(int cpu) { cpus_[cpu].state = State::kIdle; }

  const DispatchSink& Sink() {
    sink_.emplace(absl::MakeSpan(buffer_), Lookahead(Nanos::Zero(), {}, 4));
    sink_->Begin(any_, rooms_);
    return *sink_;
  }

  std::vector<CpuView> cpus_ = std::vector<CpuView>(4, {.state = State::kRunning});
  std::vector<Room> rooms_ = std::vector<Room>(4, {.space = 1, .free_cpus = 1});
  Room any_ = {.space = 1, .free_cpus = 1};
  std::vector<Dispatch> buffer_ = std::vector<Dispatch>(1);
  std::optional<DispatchSink> sink_;
  Context ctx_;
};

CpuSet SetOf(const std::vector<int>& cpus) {
  CpuSet set;
  for (int cpu : cpus) set.Add(CpuId(cpu));
  return set;
}

TEST_F(CpuChoiceTest, SkipsCpusThatAreOfflineOrDoNotExist) {
  cpus_[2].state = State::kOffline;
  const CpuSet set = SetOf({2, 700});
  EXPECT_EQ(Choose(set, CpuId(2)), CpuId::None());
}

TEST_F(CpuChoiceTest, PrefersTheHomeThenTheLowest) {
  const CpuSet set = SetOf({1, 2, 3});
  EXPECT_EQ(Choose(set, CpuId(2)), CpuId(2));
  EXPECT_EQ(Choose(set, CpuId(0)), CpuId(1));
  Fill(2);
  EXPECT_EQ(Choose(set, CpuId(2)), CpuId(1));
  EXPECT_EQ(Choose(set, CpuId::None()), CpuId(1));
}

TEST_F(CpuChoiceTest, PrefersIdleCpusToTheHome) {
  const CpuSet set = SetOf({1, 2, 3});
  Idle(3);
  EXPECT_EQ(Choose(set, CpuId(1)), CpuId(3));
  Idle(1);
  EXPECT_EQ(Choose(set, CpuId(3)), CpuId(3));
  EXPECT_EQ(Choose(set, CpuId(2)), CpuId(1));
  Fill(1);
  Fill(3);
  EXPECT_EQ(Choose(set, CpuId(3)), CpuId(2));
}

TEST_F(CpuChoiceTest, CountsRunnableTasksForEachCpuOnline) {
  EXPECT_EQ(RunnablePerCpu(ctx_, 0), 1);
  EXPECT_EQ(RunnablePerCpu(ctx_, 1), 2);
  EXPECT_EQ(RunnablePerCpu(ctx_, 4), 2);
  cpus_[0].state = State::kOther;
  EXPECT_EQ(RunnablePerCpu(ctx_, 5), 2);
  cpus_[0].state = cpus_[1].state = State::kOffline;
  EXPECT_EQ(RunnablePerCpu(ctx_, 4), 3);
  ctx_.cpus = {};
  EXPECT_EQ(RunnablePerCpu(ctx_, 3), 3);
}

TEST_F(CpuChoiceTest, PrefersACoreWithNothingToRun) {
  const Topology smt = Topology::Synthetic({.cores_per_llc = 2, .threads_per_core = 2});
  ctx_.topology = &smt;
  for (int cpu : {1, 2, 3}) Idle(cpu);
  rooms_[0].free_cpus = 0;
  EXPECT_EQ(Choose(CpuSet::FirstN(4), CpuId(1)), CpuId(2));
  EXPECT_EQ(Choose(CpuSet::FirstN(4), CpuId(3)), CpuId(3));
  EXPECT_EQ(Choose(SetOf({0, 1}), CpuId(0)), CpuId(1));
}

}  // namespace
}  // namespace scxx
