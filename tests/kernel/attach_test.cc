// SPDX-License-Identifier: Apache-2.0
//
// Attaching where it cannot work, or not as usual: each ends in one line that names the cure, or in
// service with what there is.

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "framework/base/check.h"
#include "framework/base/units.h"
#include "framework/engine/engine.h"
#include "framework/kernel/kernel_backend.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/test_fifo.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/kernel_matchers.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/demo.h"

namespace scxx {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kSchedExt = 7;

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  ASSERT_TRUE(file.good()) << path;
}

// Create's status, from a child that first did `before` to itself.
absl::Status CreateAfter(const std::function<void()>& before, const KernelOptions& options = {}) {
  int result[2];
  EXPECT_EQ(pipe(result), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    before();
    const absl::Status status = KernelBackend::Create(options).status();
    const std::string text =
        std::string(1, static_cast<char>(status.code())) + std::string(status.message());
    _exit(write(result[1], text.data(), text.size()) < 0);
  }
  close(result[1]);
  char text[2048] = {};
  const ssize_t n = read(result[0], text, sizeof(text) - 1);
  close(result[0]);
  waitpid(pid, nullptr, 0);
  if (n <= 0) return absl::InternalError("died");
  return absl::Status(static_cast<absl::StatusCode>(text[0]), text + 1);
}

void ExpectOneLine(const absl::Status& status, const char* cure) {
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(cure));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\n")));
  EXPECT_EQ(SchedExtSysfs().State(), "disabled") << "something was left behind";
}

load::LoadResult RunDemo() {
  load::Demo demo({.duration = absl::Seconds(2)});
  absl::StatusOr<load::LoadResult> result = load::RunLoad(demo);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : load::LoadResult();
}

TEST(AttachTest, OrdinaryUserIsToldToBeRoot) {
  ExpectOneLine(CreateAfter([] {
                  if (setgid(65534) != 0 || setuid(65534) != 0) _exit(2);
                }),
                "root");
}

TEST(AttachTest, JitOff) {
  WriteFile("/proc/sys/net/core/bpf_jit_enable", "0");
  ExpectOneLine(CreateAfter([] {}), "net.core.bpf_jit_enable=1");
  WriteFile("/proc/sys/net/core/bpf_jit_enable", "1");
}

TEST(AttachTest, TheKernelKillsItLastWhenMemoryRunsOut) {
  auto agent = AgentProcess::Start(KernelOptions(), RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  int score = 0;
  std::ifstream(absl::StrCat("/proc/", (*agent)->pid(), "/oom_score_adj")) >> score;
  EXPECT_EQ(score, -999);
  ExpectCleanEnd((*agent)->Stop());
}

TEST(AttachTest, AnotherSchedulerIsNamed) {
  KernelOptions options;
  options.name = "first_come";
  auto first = AgentProcess::Start(options, RunFifo);
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = CreateAfter([] {});
  EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.message()), HasSubstr("first_come"));
  EXPECT_EQ(SchedExtSysfs().OpsName(), "first_come");
  ExpectCleanEnd((*first)->Stop());
}

TEST(AttachTest, BadOptionsAreRefusedBeforeTheKernelSeesThem) {
  KernelOptions options;
  options.slice = absl::Microseconds(1);
  ExpectOneLine(CreateAfter([] {}, options), "slice=1us is out of range");
}

TEST(AttachTest, TasksWithoutASlotAreScheduledByTheKernel) {
  KernelOptions options;
  options.max_tasks = 64;
  auto agent = AgentProcess::Start(options, RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  // More tasks than there are slots, all of them sleeping and waking.
  load::Demo demo({.sleepers = 120, .duration = absl::Seconds(2)});
  absl::StatusOr<load::LoadResult> result = load::RunLoad(demo);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->stalled);
  EXPECT_FALSE(result->sched_ext_changed());
  const AgentOutcome outcome = (*agent)->Stop();
  ExpectCleanEnd(outcome);
  EXPECT_GT(outcome.stats[SCXX_CNT_NO_SLOT], 0u);
  EXPECT_GT(outcome.stats[SCXX_CNT_DISPATCHED], 0u);
}

TEST(AttachTest, PartialModeSchedulesOnlyItsOwnClass) {
  KernelOptions options;
  options.partial = true;
  auto agent = AgentProcess::Start(options, RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  EXPECT_FALSE(RunDemo().stalled);  // ordinary tasks: not ours
  const uint64_t without = (*agent)->Stats()[SCXX_CNT_QUEUED];
  const pid_t pid = fork();
  if (pid == 0) {
    const sched_param parameter = {};
    if (sched_setscheduler(0, kSchedExt, &parameter) != 0) _exit(2);
    for (int i = 0; i < 100; ++i)
      usleep(1000);  // lint: allow banned-call: the wakeups are the load
    _exit(0);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
  const AgentOutcome outcome = (*agent)->Stop();
  ExpectCleanEnd(outcome);
  EXPECT_GE(outcome.stats[SCXX_CNT_QUEUED] + outcome.stats[SCXX_CNT_DIRECT], without + 50);
  EXPECT_LT(without, 50u);
}

// First in, first out, and no task that says it must stay on its CPU.
class UnpinnedFifo : public TestFifo {
 public:
  static constexpr char kName[] = "unpinned_fifo";
  using TestFifo::TestFifo;

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    SCXX_CHECK(r.any_cpu, "no task of this test is restricted to some CPUs");
    slice_ends_ += r.reason == RunnableReason::kSliceEnd;
    TestFifo::OnRunnable(ctx, r);
  }
  int slice_ends() const { return slice_ends_; }

 private:
  int slice_ends_ = 0;
};

// The BPF prologue disables migration for the current task, which is the one enqueued when its
// slice is over: that must not pin it.
TEST(AttachTest, TasksMayMoveWhenTheirSliceEnds) {
  auto agent = AgentProcess::Start({}, [](KernelBackend& backend) {
    Engine<UnpinnedFifo> engine(UnpinnedFifo(backend.limits()), backend, {});
    while (engine.RunOnce() == RunState::kRunning) {
    }
    SCXX_CHECK_GT(engine.policy().slice_ends(), 10, "the load has hogs");
  });
  ASSERT_TRUE(agent.ok()) << agent.status();
  EXPECT_FALSE(RunDemo().stalled);
  ExpectCleanEnd((*agent)->Stop());
}

// First in, first out, with slices of a second; and it wants to be asked again every 5 ms. Counts
// the times that it was with no event to bring it there.
class Reviewer : public TestFifo {
 public:
  static constexpr char kName[] = "reviewer";

  explicit Reviewer(const PolicyLimits& limits) : TestFifo(limits, Seconds(1)) {}

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    TestFifo::OnRunnable(ctx, r);
    quiet_ = false;
  }
  void Schedule(const Context& ctx, DispatchSink& sink) {
    DispatchAll(sink);
    if (ctx.now >= wanted_) {
      reviews_ += quiet_ && wanted_ != Instant();
      wanted_ = ctx.now + Millis(5);
    }
    quiet_ = true;
    sink.ReviewAt(wanted_);
  }

  int reviews() const { return reviews_; }

 private:
  Instant wanted_;
  bool quiet_ = true;
  int reviews_ = 0;
};

void RunHogs(int hogs) {
  load::Demo demo(
      {.sleepers = 0, .pairs = 0, .hogs = hogs, .forkers = 0, .duration = absl::Seconds(3)});
  absl::StatusOr<load::LoadResult> result = load::RunLoad(demo);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->stalled);
}

// Hogs run for a second at a time, so without reviews the agent has little to run for but its
// keep-alive. On an idle CPU it comes with no event; on a busy one it interrupts a hog.
TEST(AttachTest, APolicyIsAskedAgainWhenItWants) {
  auto agent = AgentProcess::Start({}, [](KernelBackend& backend) {
    Engine<Reviewer> engine(Reviewer(backend.limits()), backend, {});
    while (engine.RunOnce() == RunState::kRunning) {
    }
    SCXX_CHECK_GT(engine.policy().reviews(), 40, "hundreds in 3 seconds with a CPU that idles");
  });
  ASSERT_TRUE(agent.ok()) << agent.status();
  RunHogs(1);
  RunHogs(4);
  const AgentOutcome outcome = (*agent)->Stop();
  ExpectCleanEnd(outcome);
  EXPECT_GT(outcome.stats[SCXX_CNT_KICK_PREEMPT], 40u) << "hundreds in 3 seconds without";
}

TEST(AttachTest, HotplugAsksForARestart) {
  auto agent = AgentProcess::Start({}, RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  WriteFile("/sys/devices/system/cpu/cpu1/online", "0");
  const AgentOutcome outcome = (*agent)->Wait();
  WriteFile("/sys/devices/system/cpu/cpu1/online", "1");
  EXPECT_TRUE(outcome.reported);
  EXPECT_TRUE(outcome.report.ShouldRestart()) << outcome.report.ToString();
  EXPECT_FALSE(outcome.report.IsEjection());
  // And a restart works.
  auto again = AgentProcess::Start({}, RunFifo);
  ASSERT_TRUE(again.ok()) << again.status();
  ExpectCleanEnd((*again)->Stop());
}

}  // namespace
}  // namespace scxx
