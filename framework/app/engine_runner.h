// SPDX-License-Identifier: Apache-2.0
//
// EngineRunner: an Engine of some policy as a Runner. Owns the policy; the backend must outlive it.

#ifndef SCXX_FRAMEWORK_APP_ENGINE_RUNNER_H_
#define SCXX_FRAMEWORK_APP_ENGINE_RUNNER_H_

#include <atomic>
#include <utility>

#include "framework/app/session.h"
#include "framework/backend/backend.h"
#include "framework/engine/engine.h"
#include "framework/policy/policy.h"

namespace scxx {

template <Policy P>
class EngineRunner final : public Runner {
 public:
  EngineRunner(P policy, Backend& backend) : engine_(std::move(policy), backend, {}) {}

  void Run(const std::atomic<bool>& stop) override { engine_.Run(stop); }
  const EngineStats& stats() const override { return engine_.stats(); }

 private:
  Engine<P> engine_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_ENGINE_RUNNER_H_
