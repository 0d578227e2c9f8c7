// SPDX-License-Identifier: Apache-2.0

#include "framework/machine/testing/loop_backend.h"

#include <vector>

#include "absl/types/span.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(LoopBackend, ReportsEveryTaskOnceAndThenWhatWasDispatched) {
  LoopBackend backend({.max_tasks = 3, .max_cpus = 1});
  std::vector<BackendEvent> events(2);
  EXPECT_EQ(backend.Poll(absl::MakeSpan(events)).nr_events, 2u);
  EXPECT_EQ(events[0].runnable.task.slot, 0u);
  EXPECT_EQ(events[1].runnable.task.slot, 1u);
  EXPECT_EQ(events[1].runnable.reason, RunnableReason::kNew);
  EXPECT_EQ(backend.Poll(absl::MakeSpan(events)).nr_events, 1u);
  EXPECT_EQ(backend.Poll(absl::MakeSpan(events)).nr_events, 0u);

  BackendDispatch dispatch{.decision = {.task = events[0].runnable.task, .slice = Millis(5)},
                           .enqueue = events[0].enqueue};
  DispatchOutcome outcome;
  backend.Dispatch({&dispatch, 1}, {&outcome, 1});
  EXPECT_EQ(outcome, DispatchOutcome::kAccepted);
  EXPECT_EQ(backend.Poll(absl::MakeSpan(events)).nr_events, 1u);
  EXPECT_EQ(events[0].runnable.task, dispatch.decision.task);
  EXPECT_EQ(events[0].enqueue, dispatch.enqueue + 1);
  EXPECT_EQ(events[0].runnable.reason, RunnableReason::kSliceEnd);
  EXPECT_EQ(events[0].runnable.ran, Millis(5));
}

}  // namespace
}  // namespace scxx
