// SPDX-License-Identifier: Apache-2.0
#include "tools/load/runner.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "framework/base/process/process.h"
#include "framework/base/units.h"

namespace scxx::load {
namespace {

// Tasks given by the test.
class FakeWorkload : public Workload {
 public:
  explicit FakeWorkload(Crew::Body foreground, absl::Duration duration = absl::InfiniteDuration())
      : foreground_(std::move(foreground)), duration_(duration) {}

  std::string name() const override { return "fake"; }
  std::string unit() const override { return "thing"; }
  void RegisterFlags(FlagSet& flags) override { flags.Duration("duration", &duration_, ""); }
  absl::Duration duration() const override { return duration_; }
  absl::Status Build(Crew& crew) override {
    crew.Add("worker", foreground_);
    crew.Add("waiter", UntilStopped, Crew::Role::kBackground);
    return absl::OkStatus();
  }

  static void UntilStopped(Task& task) {
    task.SleepUntil(kForever);
    task.Progress(7);
  }

 private:
  Crew::Body foreground_;
  absl::Duration duration_;
};

void DoThree(Task& task) { task.Progress(3); }

TEST(RunLoadTest, EndsWithItsForegroundTasksAndCountsOnlyTheirs) {
  FakeWorkload workload(DoThree);
  const auto result = RunLoad(workload);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->stalled);
  EXPECT_EQ(result->ops, 3);
  EXPECT_EQ(result->FindClass("waiter")->ops, 7);
  EXPECT_EQ(result->FindClass("worker")->unfinished, 0);
  EXPECT_EQ(result->FindClass("nobody"), nullptr);
  EXPECT_GE(result->max_gap(), result->max_wait());
}

TEST(RunLoadTest, ATimedRunLastsItsTime) {
  FakeWorkload workload(FakeWorkload::UntilStopped, absl::Milliseconds(20));
  const auto result = RunLoad(workload);
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->stalled);
  EXPECT_GE(result->wall, Millis(20));
  EXPECT_GE(result->max_wait(), Millis(20));  // Nobody made progress until the stop.
}

TEST(RunLoadTest, ARunThatDoesNotEndIsStalled) {
  FakeWorkload workload(FakeWorkload::UntilStopped);
  const auto result = RunLoad(workload, {.limit = absl::Seconds(1)});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->stalled);
}

TEST(RunLoadTest, RunsOnTheCpusAskedFor) {
  const CpuId last = [] {
    CpuId last;
    for (const CpuId cpu : AllowedCpus()) last = cpu;
    return last;
  }();
  const CpuSet only_last = CpuSet::Only(last);
  FakeWorkload workload([=](Task& task) { task.Count(AllowedCpus() == only_last); });
  const CpuSet before = AllowedCpus();
  const auto result = RunLoad(workload, {.cpus = only_last});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->ops, 1);
  EXPECT_EQ(AllowedCpus(), before);
}

TEST(RunLoadTest, RefusesCpusThatAreNotThere) {
  CpuSet absent;
  absent.Add(CpuId(kMaxCpus - 1));
  FakeWorkload workload(DoThree);
  const auto result = RunLoad(workload, {.cpus = absent});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(RunLoadTest, ReportsTheFaultItInjected) {
  Process target = Process::Fork([] {
                     while (true) pause();
                   }).value();
  FakeWorkload workload(FakeWorkload::UntilStopped, absl::Milliseconds(10));
  const FaultPlan fault = {.kind = FaultPlan::Kind::kKill,
                           .target = absl::StrCat(target.pid()),
                           .at = absl::ZeroDuration()};
  const auto result = RunLoad(workload, {.fault = fault});
  ASSERT_TRUE(result.ok());
  ASSERT_TRUE(result->fault.has_value());
  EXPECT_TRUE(result->fault->happened);
  EXPECT_EQ(result->fault->kind, "kill");
  EXPECT_EQ(result->fault->target_pid, target.pid());
  EXPECT_EQ(target.Wait().signal, SIGKILL);
}

}  // namespace
}  // namespace scxx::load
