// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "bpf/testing/dispatcher_test_base.h"
#include "framework/base/weight.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class Weights : public DispatcherTest {
 protected:
  Weights() {
    Start(TestConfig(1));
    kernel->Advance(1000 * kMs);
  }

  task_struct& Waiting(uint32_t weight = 100) {
    task_struct& p = kernel->Spawn({.pid = next_pid_++});
    p.scx.weight = weight;
    EnqueueForKernel(p);
    return p;
  }
  uint64_t Load() const { return kernel->cpu(0).kernel.load; }

 private:
  int next_pid_ = 10;
};

// What a task weighs in the kernel's queues and what it weighs for a policy is the same number.
TEST_F(Weights, AreThoseOfPolicies) {
  for (int nice = Weight::kMinNice; nice <= Weight::kMaxNice; ++nice) {
    const Weight weight = Weight::FromNice(nice);
    const double fine = fine_weight(weight.cgroup(), NICE_0 + nice, /*idle=*/false);
    EXPECT_NEAR(fine / WEIGHT_UNIT * 1024 / weight.load(), 1, 0.04) << "nice " << nice;
  }
  EXPECT_EQ(fine_weight(1, NICE_0, /*idle=*/true), LEAST_WEIGHT);
}

TEST_F(Weights, OfAQueueAreThoseOfWhoWaits) {
  task_struct& light = Waiting(50);
  task_struct& heavy = Waiting(200);
  EXPECT_EQ(Load(), 250u * WEIGHT_UNIT / 100);
  task_struct* const first = NextOn(0);
  EXPECT_EQ(Load(), (first == &light ? 200u : 50u) * WEIGHT_UNIT / 100);
  EXPECT_TRUE(first == &light || first == &heavy);
}

TEST_F(Weights, ChangeInAQueueWithTheTask) {
  task_struct& p = Waiting();
  Waiting();
  kernel->Dequeue(p);
  p.scx.weight = 300;
  kernel->global().fallback = 1;
  EnqueueOn(0, p, ENQ_RESTORE);
  EXPECT_EQ(Load(), 400u * WEIGHT_UNIT / 100);
}

TEST_F(Weights, LeaveAQueueWithATaskThatChangesItsClass) {
  task_struct& p = Waiting();
  Waiting();
  kernel->Dequeue(p);
  OnCpu here(*kernel, 0);
  on_disable(&p);
  EXPECT_EQ(Load(), WEIGHT_UNIT);
}

// It ran when it left, and had been taken out of the queue before.
TEST_F(Weights, StayInAQueueThatATaskHasLeftBefore) {
  Waiting();
  Waiting();
  Waiting();
  task_struct* const first = NextOn(0);
  RanFor(*first, kMs);
  OnCpu here(*kernel, 0);
  on_disable(first);
  EXPECT_EQ(Load(), 2u * WEIGHT_UNIT);
}

}  // namespace
}  // namespace scxx
