// SPDX-License-Identifier: Apache-2.0
//
// A scheduler under load, on a real kernel: every task makes progress, none waits much longer than
// under the kernel's own scheduler, the counters balance, sched_ext stays enabled, the agent has no
// page fault, and it can be detached and attached again.

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/kernel_matchers.h"
#include "tools/load/flag_set.h"
#include "tools/load/registry.h"
#include "tools/load/runner.h"

namespace scxx {
namespace {

KernelOptions Options() {
  KernelOptions options;
  options.name = "fifo";
  options.watchdog_timeout = absl::Seconds(10);
  return options;
}

// A workload by name, smaller than its defaults where these are meant for measuring.
struct SmallWorkload {
  const char* name;
  const char* flag = nullptr;
  const char* value = nullptr;
};

load::LoadResult RunWorkload(const SmallWorkload& small) {
  std::unique_ptr<load::Workload> workload = load::MakeWorkload(small.name);
  load::FlagSet flags;
  workload->RegisterFlags(flags);
  if (small.flag != nullptr) {
    EXPECT_TRUE(flags.Set(small.flag, small.value).ok()) << small.flag;
  }
  absl::StatusOr<load::LoadResult> result = load::RunLoad(*workload);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : load::LoadResult();
}

void ExpectProgress(const load::LoadResult& result) {
  EXPECT_FALSE(result.stalled);
  for (const load::ClassResult& tasks : result.classes) {
    EXPECT_EQ(tasks.unfinished, 0) << tasks.name;
    // A class whose operations are counted elsewhere (a ponger answers its pinger) counts none.
    if (tasks.max_ops > 0) {
      EXPECT_GT(tasks.min_ops, 0) << tasks.name;
    }
  }
}

// The kernel's own scheduler on the same load in the same boot is the measure. A FIFO makes a task
// wait for all that are before it, and an emulated machine is itself interrupted, hence the room;
// a lost task would wait for ever.
Nanos Bound(const load::LoadResult& eevdf) { return eevdf.max_wait() * 8 + Seconds(1); }

constexpr SmallWorkload kWorkloads[] = {
    {"ping_pong", "round_trips", "1000"},
    {"pipe_pairs", "messages", "500"},
    {"yield"},
    {"demo", "duration", "2s"},
    {"affinity"},
    {"renice"},
    {"exits"},
    {"fork_storm"},
    {"mixed_kinds"},
    {"herd"},
};

// One attach for all loads: first all of them under the kernel's scheduler, then under ours.
class LoadTest : public ::testing::TestWithParam<SmallWorkload> {
 protected:
  static void SetUpTestSuite() {
    for (const SmallWorkload& workload : kWorkloads) {
      bounds_[workload.name] = Bound(RunWorkload(workload));
    }
    auto agent = AgentProcess::Start(Options(), RunFifo);
    ASSERT_TRUE(agent.ok()) << agent.status();
    agent_ = *std::move(agent);
  }

  static void TearDownTestSuite() {
    ASSERT_NE(agent_, nullptr);
    const AgentOutcome outcome = agent_->Stop();
    agent_.reset();
    ExpectCleanEnd(outcome);
    EXPECT_GT(outcome.stats[SCXX_CNT_DISPATCHED], 0u);
  }

  static inline std::map<std::string, Nanos> bounds_;
  static inline std::unique_ptr<AgentProcess> agent_;
};

TEST_P(LoadTest, EveryTaskMakesProgress) {
  ASSERT_NE(agent_, nullptr);
  const load::LoadResult fifo = RunWorkload(GetParam());
  ExpectProgress(fifo);
  EXPECT_LE(fifo.max_wait(), bounds_[GetParam().name]);
  EXPECT_EQ(fifo.before.state, "enabled");
  EXPECT_EQ(fifo.after.state, "enabled");
  EXPECT_FALSE(fifo.sched_ext_changed());
}

INSTANTIATE_TEST_SUITE_P(, LoadTest, ::testing::ValuesIn(kWorkloads),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace scxx
