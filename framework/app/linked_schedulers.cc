// SPDX-License-Identifier: Apache-2.0
#include "framework/app/linked_schedulers.h"

#include <algorithm>

#include "framework/base/check.h"

namespace scxx {
namespace {

// Made at the first registration, and never destroyed: globals come in no particular order.
std::vector<SchedulerProgram>& Programs() {
  static auto* const programs = new std::vector<SchedulerProgram>();
  return *programs;
}

}  // namespace

const std::vector<SchedulerProgram>& LinkedSchedulers() { return Programs(); }

const SchedulerProgram* FindScheduler(absl::string_view name) {
  for (const SchedulerProgram& program : Programs()) {
    if (program.traits.name == name) return &program;
  }
  return nullptr;
}

void AddScheduler(SchedulerProgram program) {
  std::vector<SchedulerProgram>& programs = Programs();
  const auto place = std::lower_bound(programs.begin(), programs.end(), program,
                                      [](const SchedulerProgram& a, const SchedulerProgram& b) {
                                        return a.traits.name < b.traits.name;
                                      });
  SCXX_CHECK(place == programs.end() || place->traits.name != program.traits.name,
             "two schedulers of one name are linked");
  programs.insert(place, std::move(program));
}

}  // namespace scxx
