// SPDX-License-Identifier: Apache-2.0
// What another CPU sees, and does, in the middle of a callback: the primitives below are wrapped,
// so that a test can look at the shared memory, or change it, whenever the dispatcher calls one.

#include <cstdint>
#include <functional>

#include "gtest/gtest.h"

#include "bpf/testing/test_kernel.h"
#include "framework/sim/core/port_sim.h"

namespace scxx {
namespace {

std::function<void()>& Meanwhile() {
  static std::function<void()> meanwhile = [] {};
  return meanwhile;
}

}  // namespace
}  // namespace scxx

static inline scxx_u32 watched_task_cpu(const task_struct* p) {
  scxx::Meanwhile()();
  return kx_task_cpu(p);
}
static inline bool watched_bind(task_struct* p, scxx_u32 slot) {
  scxx::Meanwhile()();
  return kx_bind(p, slot);
}
#define kx_task_cpu watched_task_cpu
#define kx_bind watched_bind

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

class MeanwhileTest : public DispatcherTest {
 protected:
  ~MeanwhileTest() override {
    Meanwhile() = [] {};
  }
};

// The agent copies a slot between two looks at its word (Channel::ReadTask).
TEST_F(MeanwhileTest, ASlotThatIsWrittenAnewIsNobodysWait) {
  task_struct& p = kernel->Spawn({.pid = 10});
  EnqueueOn(0, p, ENQ_WAKEUP);
  const uint32_t wait = EnqueueCount(p);
  const uint64_t since = SlotOf(p).enqueued_at;
  kernel->Dequeue(p);
  kernel->Advance(kMs);
  int times_torn = 0, times_seen = 0;
  Meanwhile() = [&] {
    if (SlotOf(p).enqueued_at == since) return;
    ++times_seen;
    times_torn += custody_is_user(SlotOf(p).custody, wait);
  };
  EnqueueOn(0, p, ENQ_RESTORE);
  EXPECT_GT(times_seen, 0);
  EXPECT_EQ(times_torn, 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_CANCELLED), 1u);
  CheckBalance();
}

// The tracepoint that frees a slot finds none yet, and on old kernels nothing comes after it.
TEST_F(MeanwhileTest, ATaskThatExitsAsItGetsASlotDoesNotKeepIt) {
  task_struct& p = kernel->NewTask({.pid = 10});
  OnCpu here(*kernel, 0);
  Meanwhile() = [&] {
    p.flags |= PF_EXITING;
    task_exit(&p);
  };
  task_init(&p);
  EXPECT_EQ(p.slot, -1);
  Meanwhile() = [] {};
  task_struct& next = kernel->NewTask({.pid = 11});
  task_init(&next);
  EXPECT_EQ(next.slot, 1) << "it is free again; 0 is the agent's";
}

}  // namespace
}  // namespace scxx
