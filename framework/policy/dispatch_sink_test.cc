// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/dispatch_sink.h"

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr Nanos kLookahead = Micros(300);

// Two CPUs with room without bounds, four tasks that usually run 100 us each, a buffer of 8.
class DispatchSinkTest : public testing::Test {
 protected:
  // A batch that begins with this room for any CPU.
  DispatchSink& Begin(const Room& any) {
    sink_.Begin(any, rooms_);
    return sink_;
  }
  static Dispatch Of(uint32_t slot, CpuId cpu = CpuId::Any()) {
    return {.task = {.slot = slot, .generation = 1}, .cpu = cpu, .slice = Millis(5)};
  }
  // How many of the tasks 0, 1, 2, ... go in.
  int Fill(DispatchSink& sink, CpuId cpu = CpuId::Any()) {
    int n = 0;
    while (!sink.full(cpu)) sink.Dispatch(Of(n++ % 4, cpu));
    return n;
  }

  std::vector<Dispatch> buffer_ = std::vector<Dispatch>(8);
  std::vector<Room> rooms_ = std::vector<Room>(2, Room{.space = 64});
  std::vector<Nanos> usual_run_ = std::vector<Nanos>(4, Micros(100));
  DispatchSink sink_{absl::MakeSpan(buffer_), Lookahead(kLookahead, usual_run_, 2)};
};

TEST_F(DispatchSinkTest, TakesShortTasksUpToTheBudget) {
  DispatchSink& sink = Begin({.space = 64});
  EXPECT_EQ(Fill(sink), 3);
  EXPECT_EQ(sink.size(), 3u);
  EXPECT_EQ(buffer_[2].task.slot, 2u);
}

TEST_F(DispatchSinkTest, TakesOneLongTask) {
  usual_run_.assign(4, Nanos::Max());
  DispatchSink& sink = Begin({.space = 64});
  EXPECT_EQ(Fill(sink), 1);
}

TEST_F(DispatchSinkTest, ExpectsNoMoreThanTheSlice) {
  usual_run_.assign(4, Nanos::Max());
  DispatchSink& sink = Begin({.space = 64});
  Dispatch brief = Of(0);
  brief.slice = Micros(10);
  sink.Dispatch(brief);
  EXPECT_FALSE(sink.full());
}

TEST_F(DispatchSinkTest, TakesATaskForEveryFreeCpu) {
  usual_run_.assign(4, Nanos::Max());
  DispatchSink& sink = Begin({.space = 64, .free_cpus = 2, .cpus = 2});
  EXPECT_EQ(Fill(sink), 2);
}

TEST_F(DispatchSinkTest, SharesTheBudgetAmongTheCpusThatConsumeIt) {
  DispatchSink& sink = Begin({.space = 64, .cpus = 2});
  EXPECT_EQ(Fill(sink), 6);
}

TEST_F(DispatchSinkTest, CountsWhatWaitsAlready) {
  DispatchSink& sink = Begin({.ahead = Micros(250), .queued = 2, .space = 64});
  EXPECT_EQ(Fill(sink), 1);
  DispatchSink& busy = Begin({.ahead = Millis(5), .queued = 1, .space = 64});
  EXPECT_TRUE(busy.full());
}

TEST_F(DispatchSinkTest, StopsWhereTheRingOrTheBufferEnds) {
  DispatchSink& small_ring = Begin({.space = 2});
  EXPECT_EQ(Fill(small_ring), 2);
  DispatchSink& sink = Begin({.space = 64, .cpus = 100});
  EXPECT_EQ(Fill(sink), 8);
  EXPECT_TRUE(sink.exhausted());
  EXPECT_TRUE(sink.full(CpuId(1)));
}

TEST_F(DispatchSinkTest, KeepsCountByCpu) {
  DispatchSink& sink = Begin({.space = 64});
  EXPECT_EQ(Fill(sink, CpuId(0)), 3);
  EXPECT_FALSE(sink.full(CpuId(1)));
  EXPECT_FALSE(sink.full());
}

TEST_F(DispatchSinkTest, AlwaysTakesAPreemption) {
  DispatchSink& sink = Begin({.ahead = Millis(5), .queued = 1, .space = 64});
  Dispatch urgent = Of(0);
  urgent.preempt = true;
  sink.Dispatch(urgent);
  EXPECT_EQ(sink.size(), 1u);
}

TEST_F(DispatchSinkTest, RemembersTheEarliestReview) {
  DispatchSink& sink = Begin({.space = 1});
  EXPECT_EQ(sink.review_at(), std::nullopt);
  sink.ReviewAt(Instant(30));
  sink.ReviewAt(Instant(20));
  sink.ReviewAt(Instant(40));
  EXPECT_EQ(sink.review_at(), Instant(20));
}

using DispatchSinkDeathTest = DispatchSinkTest;

TEST_F(DispatchSinkDeathTest, CatchesWhatAPolicyMayBreak) {
  DispatchSink& sink = Begin({.space = 1});
  Dispatch no_slice = Of(0);
  no_slice.slice = Nanos::Zero();
  EXPECT_DEATH(sink.Dispatch(no_slice), "slice that is not positive");
  EXPECT_DEATH(sink.Dispatch(Of(9)), "task unknown");
  EXPECT_DEATH(sink.Dispatch(Of(0, CpuId(2))), "CPU that does not exist");
  EXPECT_DEATH(sink.Dispatch(Of(0, CpuId::None())), "CPU that does not exist");
  sink.Dispatch(Of(0));
  EXPECT_DEATH(sink.Dispatch(Of(1)), "full sink");
}

}  // namespace
}  // namespace scxx
