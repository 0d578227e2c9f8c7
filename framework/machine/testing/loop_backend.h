// SPDX-License-Identifier: Apache-2.0
//
// LoopBackend is a machine without work, for benchmarks: every task dispatched is back at once, at
// the end of its slice. What remains is the cost of the engine and the policy.
//
//   LoopBackend backend({.max_tasks = 1000, .max_cpus = 8});   // 1,000 tasks, all runnable
//
// Each Poll reports what the last Dispatch took; the first ones report every slot as a new task.
// Time advances by a microsecond a task. Memory is allocated by the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_MACHINE_TESTING_LOOP_BACKEND_H_
#define SCXX_FRAMEWORK_MACHINE_TESTING_LOOP_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"

namespace scxx {

class LoopBackend final : public Backend {
 public:
  explicit LoopBackend(PolicyLimits limits);

  PolicyLimits limits() const override { return limits_; }
  const Topology& topology() const override { return topology_; }
  const Cycle& Poll(absl::Span<BackendEvent> events) override;
  void Dispatch(absl::Span<const BackendDispatch> dispatches,
                absl::Span<DispatchOutcome> outcomes) override;
  RunState Park(const ParkRequest&) override { return RunState::kRunning; }
  Instant Now() override { return now_; }
  void IsHeld(absl::Span<const HeldTask> tasks, absl::Span<bool> held) override;
  CpuSet AllowedCpus(TaskId) const override { return topology_.online(); }

 private:
  // A task on its way back.
  struct Returning {
    TaskId task = {};
    uint32_t enqueue = 0;
    Nanos ran = {};
  };

  BackendEvent EventOf(const Returning& returning);

  PolicyLimits limits_;
  Topology topology_;
  Instant now_;
  Cycle cycle_;
  std::vector<CpuView> cpus_;
  std::vector<Room> rooms_;
  std::vector<Returning> returning_;  // a stack: those not yet reported
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_TESTING_LOOP_BACKEND_H_
