// SPDX-License-Identifier: Apache-2.0
//
// A policy with its default options as the body of an AgentProcess, and as a parameter of a test:
//
//   class FairTest : public testing::TestWithParam<PolicyUnderTest> { ... };
//   AgentProcess::Start(GetParam().Options(), GetParam().body)
//   INSTANTIATE_TEST_SUITE_P(, FairTest, testing::Values(kUnderTest<VruntimePolicy>), ...);

#ifndef SCXX_TESTS_KERNEL_RUN_POLICY_H_
#define SCXX_TESTS_KERNEL_RUN_POLICY_H_

#include <memory>
#include <ostream>
#include <utility>

#include "absl/status/statusor.h"
#include "framework/base/check.h"
#include "framework/engine/engine.h"
#include "framework/engine/session.h"
#include "framework/kernel/kernel_backend.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/machine/machine.h"
#include "framework/policy/policy.h"

namespace scxx {

// Until the backend has exited.
template <typename P>
void RunPolicy(KernelBackend& backend) {
  absl::StatusOr<P> policy = P::Create({}, backend.limits());
  SCXX_CHECK(policy.ok());
  Engine<P> engine(*std::move(policy), backend, {});
  while (engine.RunOnce() == RunState::kRunning) {
  }
}

template <typename P>
absl::StatusOr<std::unique_ptr<Runner>> MakeRunner(Machine& machine) {
  absl::StatusOr<P> policy = P::Create({}, machine.backend().limits());
  if (!policy.ok()) return policy.status();
  return std::make_unique<EngineRunner<P>>(*std::move(policy), machine.backend());
}

struct PolicyUnderTest {
  const char* name;
  PolicyTraits traits;
  void (*body)(KernelBackend&);
  absl::StatusOr<std::unique_ptr<Runner>> (*make_runner)(Machine&);  // of a Session

  // What its policy asks of the kernel's side.
  KernelOptions Options() const {
    KernelOptions options;
    options.name = name;
    options.wakeup_preemption = traits.wakeup_preemption;
    options.direct = traits.direct;
    return options;
  }
  friend std::ostream& operator<<(std::ostream& os, const PolicyUnderTest& c) {
    return os << c.name;
  }
};

template <typename P>
constexpr PolicyUnderTest kUnderTest = {P::kName, TraitsOf<P>(), RunPolicy<P>, MakeRunner<P>};

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_RUN_POLICY_H_
