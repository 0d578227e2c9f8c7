// SPDX-License-Identifier: Apache-2.0
//
// EngineRunner: an Engine of some policy as a Runner; ExplainingRunner: the same with lines about
// what the policy knows of some tasks. They own the policy; the backend must outlive them.

#ifndef SCXX_FRAMEWORK_APP_ENGINE_RUNNER_H_
#define SCXX_FRAMEWORK_APP_ENGINE_RUNNER_H_

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "framework/app/explain/explain_board.h"
#include "framework/app/explain/explain_lines.h"
#include "framework/app/explain/explained_policy.h"
#include "framework/app/session.h"
#include "framework/engine/engine.h"
#include "framework/machine/backend.h"
#include "framework/policy/explanation.h"
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

template <Policy P>
  requires Explainable<P>
class ExplainingRunner final : public Runner {
 public:
  // `whom`: AppOptions::explain.
  ExplainingRunner(P policy, Backend& backend, const std::string& whom)
      : lines_(whom, &board_),
        engine_(ExplainedPolicy<P>(std::move(policy), &board_), backend, {}) {}

  void Run(const std::atomic<bool>& stop) override { engine_.Run(stop); }
  const EngineStats& stats() const override { return engine_.stats(); }
  std::vector<std::string> Lines() override { return lines_.Lines(); }

 private:
  ExplainBoard board_;
  ExplainLines lines_;
  Engine<ExplainedPolicy<P>> engine_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_ENGINE_RUNNER_H_
