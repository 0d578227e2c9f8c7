// SPDX-License-Identifier: Apache-2.0
//
// The body of an AgentProcess: a policy with its default options, until the backend has exited.

#ifndef SCXX_TESTS_KERNEL_RUN_POLICY_H_
#define SCXX_TESTS_KERNEL_RUN_POLICY_H_

#include <utility>

#include "absl/status/statusor.h"
#include "framework/base/check.h"
#include "framework/engine/engine.h"
#include "framework/kernel/kernel_backend.h"

namespace scxx {

template <typename P>
void RunPolicy(KernelBackend& backend) {
  absl::StatusOr<P> policy = P::Create({}, backend.limits());
  SCXX_CHECK(policy.ok());
  Engine<P> engine(*std::move(policy), backend, {});
  while (engine.RunOnce() == RunState::kRunning) {
  }
}

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_RUN_POLICY_H_
