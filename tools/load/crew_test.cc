// SPDX-License-Identifier: Apache-2.0
#include "tools/load/crew.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "tools/load/burn.h"
#include "tools/load/clock.h"

namespace scxx::load {
namespace {

void CountToThree(Task& task) {
  for (int i = 0; i < 3; ++i) task.Progress();
}

void BurnUntilStopped(Task& task) {
  while (!task.stopping()) {
    Burn(1);
    task.Progress();
  }
}

// What a workload does follows from these numbers, so they stay.
TEST(TaskTest, DrawsTheNumbersItAlwaysDrew) {
  std::vector<TaskSlot> slots(4);
  const FutexWord stop = 0;
  Task task(absl::MakeSpan(slots), 3, stop, {.index = 0, .start = Instant(), .seed = 7});
  EXPECT_EQ(task.random().Next(), 18353171894118630364ull);
}

TEST(CrewTest, RunsProcessesAndThreads) {
  Crew crew;
  crew.Add("process", CountToThree);
  crew.AddProcess({{"thread", CountToThree}, {"thread", CountToThree}});
  ASSERT_TRUE(crew.Start(1, kForever).ok());
  EXPECT_NE(crew.slot(0).tid, crew.slot(1).tid);
  crew.Open();
  EXPECT_TRUE(crew.AwaitAll(kForever));
  for (size_t i = 0; i < crew.size(); ++i) {
    EXPECT_EQ(crew.slot(i).ops, 3);
    EXPECT_TRUE(crew.slot(i).has_finished());
  }
}

TEST(CrewTest, NothingRunsBeforeTheGateOpens) {
  Crew crew;
  crew.Add("hog", BurnUntilStopped);
  ASSERT_TRUE(crew.Start(1, kForever).ok());
  EXPECT_EQ(crew.slot(0).ops, 0);
  EXPECT_FALSE(crew.slot(0).has_finished());
}

TEST(CrewTest, BackgroundTasksRunUntilTheStop) {
  Crew crew;
  crew.Add("worker", CountToThree);
  crew.Add("hog", BurnUntilStopped, Crew::Role::kBackground);
  ASSERT_TRUE(crew.Start(1, kForever).ok());
  EXPECT_EQ(crew.num_foreground(), 1u);
  crew.Open();
  EXPECT_TRUE(crew.AwaitForeground(kForever));
  EXPECT_FALSE(crew.AwaitAll(Now()));
  crew.Stop();
  EXPECT_TRUE(crew.AwaitAll(kForever));
}

TEST(CrewTest, TheDestructorKillsWhatDoesNotEnd) {
  pid_t stubborn = 0;
  {
    Crew crew;
    crew.Add("stubborn", [](Task&) {
      while (true) pause();
    });
    ASSERT_TRUE(crew.Start(1, kForever).ok());
    stubborn = crew.slot(0).tid;
    crew.Open();
    EXPECT_EQ(kill(stubborn, 0), 0);
  }
  EXPECT_EQ(kill(stubborn, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(CrewTest, TheSameSeedGivesTheSameRandomNumbers) {
  const auto draw = [](uint64_t seed) {
    Crew crew;
    for (int i = 0; i < 2; ++i) {
      crew.Add("task", [](Task& task) { task.Count(task.random().Below(1'000'000'000)); });
    }
    EXPECT_TRUE(crew.Start(seed, kForever).ok());
    crew.Open();
    EXPECT_TRUE(crew.AwaitAll(kForever));
    return std::pair<int64_t, int64_t>(crew.slot(0).ops, crew.slot(1).ops);
  };
  EXPECT_EQ(draw(7), draw(7));
  EXPECT_NE(draw(7), draw(8));
  EXPECT_NE(draw(7).first, draw(7).second);
}

TEST(TaskTest, WaitIsCountedFromWhenTheTaskWasDue) {
  Crew crew;
  crew.Add("task", [](Task& task) {
    task.Due(Now());
    task.Progress();
  });
  ASSERT_TRUE(crew.Start(1, kForever).ok());
  crew.Open();
  ASSERT_TRUE(crew.AwaitAll(kForever));
  EXPECT_LE(crew.slot(0).max_wait.load(), crew.slot(0).max_gap.load());
  EXPECT_GT(crew.slot(0).max_gap.load(), Nanos());
}

}  // namespace
}  // namespace scxx::load
