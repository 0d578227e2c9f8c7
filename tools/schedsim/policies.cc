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

struct Made {
  PolicyTraits traits;
  AnyPolicy policy;
};

// As the scheduler's own program would, which has its flags while it makes the policy.
absl::StatusOr<Made> Make(const Spec& spec, const PolicyLimits& limits) {
  const SavedFlags saved;
  const SchedulerProgram& program = *spec.program;
  if (program.set_defaults) program.set_defaults();
  if (absl::Status status = ParseFlags(spec.flags).status(); !status.ok()) return status;
  AppOptions options;
  ReadPolicyFlags(&options);
  absl::StatusOr<AnyPolicy> policy = program.make_policy(options, limits);
  if (!policy.ok()) return policy.status();
  PolicyTraits traits = program.traits;
  traits.direct = traits.direct && options.direct;
  return Made{traits, *std::move(policy)};
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
  const absl::StatusOr<Made> tried = Make(found, kSomeLimits);
  if (!tried.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(spec, ": ", tried.status().message()));
  }
  const auto make = [found = std::move(found)](const PolicyLimits& limits) {
    absl::StatusOr<Made> made = Make(found, limits);
    SCXX_CHECK(made.ok(), "the policy refuses options that it took before");
    return std::move(made->policy);
  };
  return sim::SimulatedPolicy{.traits = tried->traits, .make = make, .name = std::string(spec)};
}

}  // namespace scxx
