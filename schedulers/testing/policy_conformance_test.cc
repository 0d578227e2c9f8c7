// SPDX-License-Identifier: Apache-2.0
//
// The conformance suite on the scheduler that is linked, with its default options.

#include <string>

#include "absl/status/statusor.h"
#include "framework/app/linked_schedulers.h"
#include "framework/app/options.h"
#include "framework/app/run_scheduler.h"
#include "framework/base/check.h"
#include "framework/policy/any_policy.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/testing/conformance.h"

namespace scxx {
namespace {

sim::SimulatedPolicy LinkedPolicy() {
  SCXX_CHECK_EQ(LinkedSchedulers().size(), 1u, "link one library NAME_program");
  const SchedulerProgram& program = LinkedSchedulers().front();
  if (program.set_defaults) program.set_defaults();
  return {.traits = program.traits, .make = [&program](const PolicyLimits& limits) {
            absl::StatusOr<AnyPolicy> policy = program.make_policy(AppOptions(), limits);
            SCXX_CHECK(policy.ok(), "the policy refuses its own defaults");
            return *std::move(policy);
          }};
}

class Conformance : public testing::TestWithParam<ConformanceCase> {};

TEST_P(Conformance, Holds) { EXPECT_EQ(GetParam().violation(LinkedPolicy()), ""); }

INSTANTIATE_TEST_SUITE_P(Policy, Conformance, testing::ValuesIn(ConformanceCases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace scxx
