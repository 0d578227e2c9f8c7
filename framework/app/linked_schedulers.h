// SPDX-License-Identifier: Apache-2.0
//
// The schedulers that are linked into a program. Each registers itself by a global object:
//
//   namespace {
//   const RegisterScheduler<MyPolicy> registered({
//       .summary = "the task with the shortest name first",
//       .make_policy = [](const AppOptions& options, const PolicyLimits& limits) {
//         return MyPolicy::Create({.slice = options.kernel.slice}, limits);
//       },
//   });
//   }  // namespace
//
// in a library with `alwayslink`, which the macro in schedulers/defs.bzl makes of NAME_program.cc.
// With scheduler_main.cc that is a program; with chooser_main.cc several schedulers are one.
//
// Threading: registration happens before main(); afterwards nothing changes.

#ifndef SCXX_FRAMEWORK_APP_LINKED_SCHEDULERS_H_
#define SCXX_FRAMEWORK_APP_LINKED_SCHEDULERS_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/app/explain/explaining_runner.h"
#include "framework/app/options.h"
#include "framework/app/run_scheduler.h"
#include "framework/engine/session.h"
#include "framework/machine/machine.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/explanation.h"
#include "framework/policy/policy.h"

namespace scxx {

// All of them, by name.
const std::vector<SchedulerProgram>& LinkedSchedulers();

// nullptr if there is none of that name.
const SchedulerProgram* FindScheduler(absl::string_view name);

// A second one of the same name breaks a CHECK.
void AddScheduler(SchedulerProgram program);

template <Policy P>
class RegisterScheduler {
 public:
  struct Parts {
    std::string summary = {};                 // as SchedulerProgram's
    std::string advice = {};                  // the same
    std::function<void()> set_defaults = {};  // the same
    // An error says which option is wrong, and what would be right.
    std::function<absl::StatusOr<P>(const AppOptions&, const PolicyLimits&)> make_policy;
  };

  explicit RegisterScheduler(Parts parts) {
    AddScheduler({.traits = TraitsOf<P>(),
                  .summary = std::move(parts.summary),
                  .advice = std::move(parts.advice),
                  .explains = Explainable<P>,
                  .set_defaults = std::move(parts.set_defaults),
                  .make_runner = MakeRunner{parts.make_policy},
                  .make_policy = MakePolicy{std::move(parts.make_policy)}});
  }

 private:
  struct MakeRunner {
    absl::StatusOr<std::unique_ptr<Runner>> operator()(const AppOptions& options,
                                                       Machine& machine) const {
      absl::StatusOr<P> policy = make_policy(options, machine.backend().limits());
      if (!policy.ok()) return policy.status();
      if constexpr (Explainable<P>) {
        if (!options.explain.empty()) {
          return std::make_unique<ExplainingRunner<P>>(*std::move(policy), machine,
                                                       options.explain);
        }
      }
      return std::make_unique<EngineRunner<P>>(*std::move(policy), machine.backend());
    }
    std::function<absl::StatusOr<P>(const AppOptions&, const PolicyLimits&)> make_policy;
  };

  struct MakePolicy {
    absl::StatusOr<AnyPolicy> operator()(const AppOptions& options,
                                         const PolicyLimits& limits) const {
      absl::StatusOr<P> policy = make_policy(options, limits);
      if (!policy.ok()) return policy.status();
      return AnyPolicy(*std::move(policy));
    }
    std::function<absl::StatusOr<P>(const AppOptions&, const PolicyLimits&)> make_policy;
  };
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_LINKED_SCHEDULERS_H_
