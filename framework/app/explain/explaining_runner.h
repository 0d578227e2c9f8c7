// SPDX-License-Identifier: Apache-2.0
//
// ExplainingRunner: an EngineRunner with lines about what the policy knows of some tasks. Owns the
// policy; the machine must outlive it.

#ifndef SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAINING_RUNNER_H_
#define SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAINING_RUNNER_H_

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "framework/app/explain/explain_board.h"
#include "framework/app/explain/explain_lines.h"
#include "framework/app/explain/explained_policy.h"
#include "framework/engine/engine.h"
#include "framework/engine/session.h"
#include "framework/machine/machine.h"
#include "framework/policy/explanation.h"
#include "framework/policy/policy.h"

namespace scxx {

template <Policy P>
  requires Explainable<P>
class ExplainingRunner final : public Runner {
 public:
  // `whom`: AppOptions::explain.
  ExplainingRunner(P policy, Machine& machine, const std::string& whom)
      : lines_(whom, &board_, machine.names()),
        engine_(ExplainedPolicy<P>(std::move(policy), &board_), machine.backend(), {}) {}

  void Run(const std::atomic<bool>& stop) override { engine_.Run(stop); }
  const EngineStats& stats() const override { return engine_.stats(); }
  std::vector<std::string> Lines() override { return lines_.Lines(); }

 private:
  ExplainBoard board_;
  ExplainLines lines_;
  Engine<ExplainedPolicy<P>> engine_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAINING_RUNNER_H_
