// SPDX-License-Identifier: Apache-2.0
//
// ForwardingBackend is a Backend that passes every call on to another one. A test derives from it a
// backend that is like the other but for one thing, such as a defect that an audit must see:
//
//   class Deaf final : public ForwardingBackend {
//    public:
//     using ForwardingBackend::ForwardingBackend;
//     RunState Park(const ParkRequest& request) override {
//       ForwardingBackend::Park(request);
//       return RunState::kRunning;          // never hears of an end
//     }
//   };
//
// Ownership: the other backend must outlive this one. Threading: the other's.

#ifndef SCXX_FRAMEWORK_MACHINE_TESTING_FORWARDING_BACKEND_H_
#define SCXX_FRAMEWORK_MACHINE_TESTING_FORWARDING_BACKEND_H_

#include "absl/types/span.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"

namespace scxx {

class ForwardingBackend : public Backend {
 public:
  explicit ForwardingBackend(Backend& to) : to_(to) {}

  PolicyLimits limits() const override { return to_.limits(); }
  const Topology& topology() const override { return to_.topology(); }
  const Cycle& Poll(absl::Span<BackendEvent> events) override { return to_.Poll(events); }
  void Dispatch(absl::Span<const BackendDispatch> dispatches,
                absl::Span<DispatchOutcome> outcomes) override {
    to_.Dispatch(dispatches, outcomes);
  }
  RunState Park(const ParkRequest& request) override { return to_.Park(request); }
  Instant Now() override { return to_.Now(); }
  void IsHeld(absl::Span<const HeldTask> tasks, absl::Span<bool> held) override {
    to_.IsHeld(tasks, held);
  }
  CpuSet AllowedCpus(TaskId task) const override { return to_.AllowedCpus(task); }

 private:
  Backend& to_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_TESTING_FORWARDING_BACKEND_H_
