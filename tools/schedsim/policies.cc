// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/policies.h"

#include <map>
#include <utility>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/app/flags.h"
#include "framework/app/linked_schedulers.h"
#include "framework/app/options.h"
#include "framework/app/run_scheduler.h"
#include "framework/base/check.h"
#include "framework/base/flags/parse_flags.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"

namespace scxx {
namespace {

// A machine that any policy can be made for, to see whether its options are good.
constexpr PolicyLimits kSomeLimits = {.max_tasks = 64, .max_cpus = 4};

// Puts all flags back to what they were. (absl::FlagSaver says so on standard error, each time.)
class SavedFlags {
 public:
  SavedFlags() {
    for (const auto& [name, flag] : absl::GetAllFlags()) values_[flag] = flag->CurrentValue();
  }
  ~SavedFlags() {
    std::string error;
    for (const auto& [flag, value] : values_) {
      if (flag->CurrentValue() != value) flag->ParseFrom(value, &error);
    }
  }
  SavedFlags(const SavedFlags&) = delete;
  SavedFlags& operator=(const SavedFlags&) = delete;

 private:
  std::map<absl::CommandLineFlag*, std::string> values_;
};

// What runs under a name. Its first word is the scheduler, the others are flags.
struct Spec {
  const SchedulerProgram* program = nullptr;
  std::vector<std::string> flags;  // in the order in which they take effect
};

// Sets the flags as the scheduler's own program would have them. The caller puts them back.
absl::Status SetFlags(const Spec& spec) {
  if (spec.program->set_defaults) spec.program->set_defaults();
  return ParseFlags(spec.flags).status();
}

absl::StatusOr<AnyPolicy> MakePolicy(const Spec& spec, const PolicyLimits& limits) {
  const SavedFlags saved;
  if (absl::Status status = SetFlags(spec); !status.ok()) return status;
  AppOptions options;
  ReadPolicyFlags(&options);
  return spec.program->make_policy(options, limits);
}

PolicyTraits TraitsFor(const Spec& spec) {
  const SavedFlags saved;
  (void)SetFlags(spec);
  AppOptions options;
  ReadPolicyFlags(&options);
  PolicyTraits traits = spec.program->traits;
  traits.direct = traits.direct && options.direct;
  return traits;
}

}  // namespace

std::vector<std::string> PolicyNames() {
  std::vector<std::string> names;
  for (const SchedulerProgram& program : LinkedSchedulers()) {
    names.emplace_back(program.traits.name);
  }
  return names;
}

absl::StatusOr<sim::SimulatedPolicy> FindPolicy(absl::string_view spec,
                                                const std::vector<std::string>& arguments) {
  std::vector<std::string> words = absl::StrSplit(spec, '+');
  Spec found = {.program = FindScheduler(words.front()), .flags = arguments};
  if (found.program == nullptr) {
    return absl::NotFoundError(absl::StrCat("there is no policy \"", words.front(),
                                            "\": choose one of ",
                                            absl::StrJoin(PolicyNames(), ", ")));
  }
  for (size_t i = 1; i < words.size(); ++i) found.flags.push_back(absl::StrCat("--", words[i]));
  if (absl::Status status = MakePolicy(found, kSomeLimits).status(); !status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(spec, ": ", status.message()));
  }
  const PolicyTraits traits = TraitsFor(found);
  const auto make = [found = std::move(found)](const PolicyLimits& limits) {
    absl::StatusOr<AnyPolicy> policy = MakePolicy(found, limits);
    SCXX_CHECK(policy.ok(), "the policy refuses options that it took before");
    return *std::move(policy);
  };
  return sim::SimulatedPolicy{.traits = traits, .make = make, .name = std::string(spec)};
}

}  // namespace scxx
