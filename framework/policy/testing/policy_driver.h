// SPDX-License-Identifier: Apache-2.0
//
// PolicyDriver drives a policy by hand: no kernel, no engine, no time but the test's.
//
//   PolicyDriver<FifoPolicy> driver(*FifoPolicy::Create({}, kDriverLimits));
//   TaskId a = driver.Wake(0);                       // slot 0 wakes: OnRunnable
//   driver.Advance(Millis(1));
//   driver.Runnable(1, {.reason = RunnableReason::kSliceEnd, .ran = Millis(5)});
//   EXPECT_EQ(driver.ScheduleTasks(), (std::vector<TaskId>{a, driver.Task(1)}));
//
// It follows the protocol of policy.h, and CHECKs that the test and the policy do: only a task the
// policy holds is withdrawn or dispatched. One hook call each; nothing happens that the test did
// not ask for. The sink is as large as the machine allows unless set_room() says otherwise.

#ifndef SCXX_FRAMEWORK_POLICY_TESTING_POLICY_DRIVER_H_
#define SCXX_FRAMEWORK_POLICY_TESTING_POLICY_DRIVER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"

namespace scxx {

inline constexpr PolicyLimits kDriverLimits{.max_tasks = 64, .max_cpus = 4};

template <Policy P>
class PolicyDriver : private AffinitySource {
 public:
  explicit PolicyDriver(P policy, PolicyLimits limits = kDriverLimits)
      : policy_(std::move(policy)),
        tasks_(limits.max_tasks),
        cpus_(limits.max_cpus),
        usual_runs_(limits.max_tasks, Nanos::Max()) {
    set_room({.space = UINT32_MAX, .free_cpus = UINT32_MAX});
    for (TaskState& task : tasks_) task.allowed = CpuSet::FirstN(limits.max_cpus);
    ctx_.cpus = cpus_;
    ctx_.affinity = this;
  }

  P& policy() { return policy_; }
  Context& context() { return ctx_; }
  CpuView& cpu(int index) { return cpus_[index]; }
  // What every Schedule finds; by default without bounds.
  void set_room(const Room& any) {
    room_ = any;
    rooms_.assign(cpus_.size(), any);
  }
  // The same for one CPU. set_room() is for all of them.
  void set_room_on(int cpu, const Room& room) { rooms_[cpu] = room; }
  void set_allowed(uint32_t slot, const CpuSet& allowed) { tasks_[slot].allowed = allowed; }
  void Advance(Nanos time) { ctx_.now += time; }

  // The task now in `slot`.
  TaskId Task(uint32_t slot) const { return {.slot = slot, .generation = tasks_[slot].generation}; }
  bool Holds(TaskId task) const { return task == Task(task.slot) && tasks_[task.slot].held; }

  // OnRunnable for the task in `slot`; the driver fills in the task, the time and the affinity.
  TaskId Runnable(uint32_t slot, TaskRunnable event) {
    SCXX_CHECK(!tasks_[slot].held, "the policy holds this task already");
    event.task = Task(slot);
    event.enqueued_at = ctx_.now;
    event.any_cpu = tasks_[slot].allowed.size() == static_cast<int>(cpus_.size());
    tasks_[slot].held = true;
    policy_.OnRunnable(ctx_, event);
    return event.task;
  }
  TaskId Wake(uint32_t slot) { return Runnable(slot, {.reason = RunnableReason::kWakeup}); }

  void Withdraw(TaskId task, WithdrawnReason reason = WithdrawnReason::kChanged) {
    Release(task);
    policy_.OnWithdrawn(ctx_, {.task = task, .reason = reason});
  }

  // The task exits, held or not; its slot's next task has a new generation.
  void Exit(TaskId task) {
    SCXX_CHECK_EQ(task, Task(task.slot), "this task has exited already");
    tasks_[task.slot].held = false;
    ++tasks_[task.slot].generation;
    policy_.OnGone(ctx_, {.task = task});
  }

  // A dispatch comes back.
  void Refuse(TaskId task, RefusedReason reason = RefusedReason::kQueueFull) {
    SCXX_CHECK(!tasks_[task.slot].held, "only a dispatched task can be refused");
    tasks_[task.slot].held = true;
    policy_.OnRefused(ctx_, {.task = task, .reason = reason});
  }

  // One Schedule call and its decisions, in order.
  std::vector<Dispatch> Schedule() {
    std::vector<Dispatch> dispatches(tasks_.size());
    DispatchSink sink(absl::MakeSpan(dispatches),
                      Lookahead(Micros(300), usual_runs_, static_cast<int>(cpus_.size())));
    sink.Begin(room_, rooms_);
    policy_.Schedule(ctx_, sink);
    dispatches.resize(sink.size());
    review_at_ = sink.review_at();
    wakeup_keys_ = sink.wakeup_keys();
    for (const Dispatch& d : dispatches) Release(d.task);
    return dispatches;
  }

  // When the policy wanted to be asked again, as of the last Schedule.
  std::optional<Instant> review_at() const { return review_at_; }
  // What it published in the last Schedule.
  std::optional<WakeupKeys> wakeup_keys() const { return wakeup_keys_; }

  // The same as Schedule; the tasks only.
  std::vector<TaskId> ScheduleTasks() {
    std::vector<TaskId> tasks;
    for (const Dispatch& d : Schedule()) tasks.push_back(d.task);
    return tasks;
  }

 private:
  struct TaskState {
    uint32_t generation = 1;
    bool held = false;
    CpuSet allowed;
  };

  CpuSet AllowedCpus(TaskId task) const override { return tasks_[task.slot].allowed; }

  void Release(TaskId task) {
    SCXX_CHECK(Holds(task), "the policy does not hold this task");
    tasks_[task.slot].held = false;
  }

  P policy_;
  Context ctx_;
  std::vector<TaskState> tasks_;
  std::vector<CpuView> cpus_;
  std::vector<Nanos> usual_runs_;
  std::optional<Instant> review_at_;
  std::optional<WakeupKeys> wakeup_keys_;
  Room room_;                // for CpuId::Any()
  std::vector<Room> rooms_;  // by CPU
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_TESTING_POLICY_DRIVER_H_
