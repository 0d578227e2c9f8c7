// SPDX-License-Identifier: Apache-2.0
//
// A scheduler under load, on a real kernel: every task makes progress, none waits much longer than
// under the kernel's own scheduler, the counters balance, sched_ext stays enabled, the agent has no
// page fault, and it can be detached and attached again.

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/kernel/sched_ext_sysfs.h"
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

class LoadTest : public ::testing::TestWithParam<SmallWorkload> {};

TEST_P(LoadTest, EveryTaskMakesProgress) {
  const load::LoadResult eevdf = RunWorkload(GetParam());
  auto agent = AgentProcess::Start(Options(), RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  const load::LoadResult fifo = RunWorkload(GetParam());
  ExpectProgress(fifo);
  EXPECT_LE(fifo.max_wait(), Bound(eevdf));
  EXPECT_EQ(fifo.before.state, "enabled");
  EXPECT_EQ(fifo.after.state, "enabled");
  EXPECT_FALSE(fifo.sched_ext_changed());
  const AgentOutcome outcome = (*agent)->Stop();
  ExpectCleanEnd(outcome);
  EXPECT_GT(outcome.stats[SCXX_CNT_DISPATCHED], 0u);
}

INSTANTIATE_TEST_SUITE_P(
    , LoadTest,
    ::testing::Values(SmallWorkload{"ping_pong", "round_trips", "1000"},
                      SmallWorkload{"pipe_pairs", "messages", "500"}, SmallWorkload{"yield"},
                      SmallWorkload{"demo", "duration", "2s"}, SmallWorkload{"affinity"},
                      SmallWorkload{"renice"}, SmallWorkload{"exits"}, SmallWorkload{"fork_storm"},
                      SmallWorkload{"mixed_kinds"}, SmallWorkload{"herd"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(AttachTest, AgainAndAgain) {
  for (int i = 0; i < 3; ++i) {
    auto agent = AgentProcess::Start(Options(), RunFifo);
    ASSERT_TRUE(agent.ok()) << agent.status();
    EXPECT_EQ(SchedExtSysfs().OpsName(), "fifo");
    EXPECT_EQ(SchedExtSysfs().State(), "enabled");
    ExpectCleanEnd((*agent)->Stop());
  }
}

}  // namespace
}  // namespace scxx
