// SPDX-License-Identifier: Apache-2.0
//
// ExplainingRunner: an EngineRunner that adds lines on some tasks to the live statistics, which is
// what --explain asks for:
//
//   explain 1234 stress: weight 335, burst 11.2ms, penalty 4ms, lag -2.1ms, key 6.1ms, waits
//
// What it is about is a number, a thread or all threads of a process, or a name, which is looked up
// anew each time.
//
// Ownership: owns the policy; the machine must outlive it. Threading: as Runner's. Lines() is not
// for the agent's thread on a kernel, because it looks into /proc.

#ifndef SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAINING_RUNNER_H_
#define SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAINING_RUNNER_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framework/app/explain/explain_board.h"
#include "framework/app/explain/explained_policy.h"
#include "framework/engine/engine.h"
#include "framework/engine/session.h"
#include "framework/machine/machine.h"
#include "framework/policy/explanation.h"
#include "framework/policy/policy.h"

namespace scxx {

// Says on the board what it wants to know, and puts into words what it reads there.
class ExplainLines {
 public:
  // The board and the names must outlive this object.
  ExplainLines(std::string whom, ExplainBoard* board, const TaskNames& names);

  // One for each task that is noticed, or one that says that none is.
  std::vector<std::string> Lines();

 private:
  void Look();

  const std::string whom_;
  const int32_t id_;  // 0: whom_ is a name
  ExplainBoard* const board_;
  const TaskNames& names_;
};

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
