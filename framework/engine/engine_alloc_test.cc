// SPDX-License-Identifier: Apache-2.0
//
// A cycle of the engine allocates nothing, whatever happens in it. In a binary of its own, because
// the counter replaces the global operator new.

#include <cstddef>
#include <cstdint>

#include "framework/base/task_id.h"
#include "framework/base/testing/allocations.h"
#include "framework/engine/engine.h"
#include "framework/machine/testing/fake_backend.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/test_fifo.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr PolicyLimits kLimits{.max_tasks = 512, .max_cpus = 4};
constexpr uint32_t kTasks = 300;

// Everything that can happen to tasks, several times.
void PushScript(FakeBackend* backend) {
  for (uint32_t round = 1; round <= 3; ++round) {
    for (uint32_t slot = 0; slot < kTasks; ++slot) {
      TaskId task{.slot = slot, .generation = 1 + round / 3};
      backend->PushRunnable(task, round);
      if (slot % 5 == 0) backend->PushWithdrawn(task, round);
      if (slot % 7 == 0) backend->PushGone(task);
      if (slot % 11 == 0) backend->Answer(task, DispatchOutcome::kOffline);
      if (slot % 50 == 0) backend->PushResync();
      if (slot % 13 == 0) backend->Answer(task, DispatchOutcome::kQueueFull);
    }
  }
}

TEST(EngineAlloc, CycleAllocatesNothing) {
  FakeBackend backend(kLimits);
  backend.Reserve(10'000);
  backend.set_room({.space = 100, .free_cpus = 40});
  PushScript(&backend);
  Engine<TestFifo> engine(TestFifo(kLimits), backend, {});
  size_t before = Allocations();
  ASSERT_GT(before, 0u) << "the counter does not count";
  for (int cycle = 0; cycle < 100; ++cycle) engine.RunOnce();
  EXPECT_EQ(Allocations(), before);
  EXPECT_GT(engine.stats().decisions.value(), kTasks);
  EXPECT_GT(engine.stats().refused.value(), 0u);
  EXPECT_GT(engine.stats().resyncs.value(), 0u);
}

}  // namespace
}  // namespace scxx
