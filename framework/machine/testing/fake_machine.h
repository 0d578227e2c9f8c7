// SPDX-License-Identifier: Apache-2.0
//
// FakeMachine: a Machine that a test tells what to do.
//
//   FakeMachine machine({.max_tasks = 16, .max_cpus = 2});
//   machine.report = ExitReport::OfHotplug();
//   machine.fake_backend().Exit();                 // lost at the next Park
//
// Threading: as Machine's; a test sets the fields before the machine is used.

#ifndef SCXX_FRAMEWORK_MACHINE_TESTING_FAKE_MACHINE_H_
#define SCXX_FRAMEWORK_MACHINE_TESTING_FAKE_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "framework/machine/machine.h"
#include "framework/machine/testing/fake_backend.h"
#include "framework/policy/policy.h"
#include "framework/stats/figures.h"

namespace scxx {

class FakeNames final : public TaskNames {
 public:
  std::vector<int32_t> ThreadsNamed(absl::string_view comm, size_t most) const override {
    std::vector<int32_t> threads;
    for (const auto& [pid, name] : names) {
      if (name == comm && threads.size() < most) threads.push_back(pid);
    }
    return threads;
  }
  std::string NameOf(int32_t pid) const override {
    const auto found = names.find(pid);
    return found == names.end() ? "" : found->second;
  }

  std::map<int32_t, std::string> names;
};

class FakeMachine : public Machine {
 public:
  explicit FakeMachine(PolicyLimits limits) : backend_(limits) {}

  FakeBackend& fake_backend() { return backend_; }

  std::string Description() const override { return "a fake machine"; }
  Backend& backend() override { return backend_; }
  const TaskNames& names() const override { return fake_names; }
  absl::Status Attach() override { return attach; }
  void RequestStop() override { backend_.Exit(); }
  ExitReport Detach() override { return report; }
  std::vector<std::string> Notes() const override { return notes; }
  Readings Figures() const override { return figures; }

  FakeNames fake_names;
  absl::Status attach = absl::OkStatus();
  ExitReport report = {.kind = static_cast<uint64_t>(ExitKind::kUnregistered),
                       .reason = "unregistered from user space"};
  std::vector<std::string> notes;
  Readings figures;

 private:
  FakeBackend backend_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_TESTING_FAKE_MACHINE_H_
