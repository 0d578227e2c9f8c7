// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/open_cpus.h"

#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

// Four CPUs: one has nothing to run, one is busy, one has a task waiting, and one is offline.
class OpenCpusTest : public testing::Test {
 protected:
  OpenCpusTest() {
    cpus_[3].state = CpuView::State::kOffline;
    ctx_.cpus = cpus_;
    sink_.Begin({}, rooms_);
    open_.Look(ctx_, sink_);
  }

  bool HasFree(int cpu) { return open_.HasFree(CpuSet::Only(CpuId(cpu))); }
  void Dispatch(int cpu) {
    sink_.Dispatch({.task = {.slot = 0}, .cpu = CpuId(cpu), .slice = Millis(1)});
    open_.Update(CpuId(cpu));
  }

  std::vector<CpuView> cpus_ = std::vector<CpuView>(4, {.state = CpuView::State::kRunning});
  std::vector<Room> rooms_ = {{.space = 8, .free_cpus = 1},
                              {.space = 8},
                              {.ahead = Millis(1), .queued = 1, .space = 7},
                              {.space = 8, .free_cpus = 1}};
  std::vector<Nanos> usual_ = {Millis(1)};
  std::vector<scxx::Dispatch> buffer_ = std::vector<scxx::Dispatch>(8);
  DispatchSink sink_{absl::MakeSpan(buffer_), Lookahead(Micros(300), usual_, 4)};
  Context ctx_;
  OpenCpus open_;
};

TEST_F(OpenCpusTest, KnowsWhereThereIsRoom) {
  EXPECT_EQ(open_.room(), CpuSet::FirstN(2));
  EXPECT_TRUE(HasFree(0));
  EXPECT_FALSE(HasFree(1));
  EXPECT_FALSE(HasFree(3)) << "nobody runs anything there";
}

TEST_F(OpenCpusTest, FollowsWhatIsDispatched) {
  Dispatch(1);
  EXPECT_EQ(open_.room(), CpuSet::FirstN(1));
  EXPECT_TRUE(HasFree(0));
  Dispatch(0);
  EXPECT_TRUE(open_.room().empty());
  EXPECT_FALSE(HasFree(0));
  open_.Update(CpuId(0));
  open_.Update(CpuId::Any());
  EXPECT_FALSE(HasFree(0));
}

TEST_F(OpenCpusTest, HasNoRoomInAFullBatch) {
  DispatchSink full({}, Lookahead(Micros(300), usual_, 4));
  full.Begin({}, rooms_);
  open_.Look(ctx_, full);
  EXPECT_TRUE(open_.room().empty());
}

TEST_F(OpenCpusTest, ForgetsAll) {
  open_.Clear();
  EXPECT_TRUE(open_.room().empty());
  EXPECT_FALSE(HasFree(0));
}

}  // namespace
}  // namespace scxx
