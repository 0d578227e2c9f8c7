// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/policies.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "framework/base/check.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/latency/latency_policy.h"
#include "schedulers/skeleton/skeleton_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {
namespace {

// For comparison: as if the machine had one last-level cache.
struct VruntimeInOneDomain : VruntimeOptions {
  VruntimeInOneDomain() { domains = false; }
};
struct LatencyInOneDomain : LatencyOptions {
  LatencyInOneDomain() { fair.domains = false; }
};

// `Options` by default are valid.
template <Policy P, typename Options>
AnyPolicy Make(const PolicyLimits& limits) {
  absl::StatusOr<P> policy = P::Create(Options(), limits);
  SCXX_CHECK(policy.ok(), "a policy refuses its own defaults");
  return AnyPolicy(*std::move(policy));
}

template <Policy P, typename Options>
sim::SimulatedPolicy Named(absl::string_view name = P::kName) {
  PolicyTraits traits = TraitsOf<P>();
  traits.name = name;
  return {.traits = traits, .make = Make<P, Options>};
}

std::vector<sim::SimulatedPolicy> All() {
  return {Named<FifoPolicy, FifoOptions>(),
          Named<LatencyPolicy, LatencyOptions>(),
          Named<LatencyPolicy, LatencyInOneDomain>("latency_one_domain"),
          Named<SkeletonPolicy, SkeletonOptions>(),
          Named<VruntimePolicy, VruntimeOptions>(),
          Named<VruntimePolicy, VruntimeInOneDomain>("vruntime_one_domain")};
}

}  // namespace

std::vector<std::string> PolicyNames() {
  std::vector<std::string> names;
  for (const sim::SimulatedPolicy& policy : All()) names.emplace_back(policy.traits.name);
  return names;
}

absl::StatusOr<sim::SimulatedPolicy> FindPolicy(absl::string_view name) {
  for (sim::SimulatedPolicy& policy : All()) {
    if (policy.traits.name == name) return policy;
  }
  return absl::NotFoundError(absl::StrCat("there is no policy \"", name, "\": choose one of ",
                                          absl::StrJoin(PolicyNames(), ", ")));
}

}  // namespace scxx
