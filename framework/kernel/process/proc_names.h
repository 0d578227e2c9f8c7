// SPDX-License-Identifier: Apache-2.0
//
// ProcNames: the names of this machine's threads, as /proc has them.

#ifndef SCXX_FRAMEWORK_KERNEL_PROCESS_PROC_NAMES_H_
#define SCXX_FRAMEWORK_KERNEL_PROCESS_PROC_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/machine/machine.h"

namespace scxx {

// The entries of a folder whose names are pids, sorted. What goes away meanwhile is left out.
std::vector<int32_t> IdsIn(const std::string& folder);

class ProcNames final : public TaskNames {
 public:
  // `proc` is /proc, or a test's.
  explicit ProcNames(std::string proc = "/proc") : proc_(std::move(proc)) {}

  // Looks at every thread of the machine.
  std::vector<int32_t> ThreadsNamed(absl::string_view comm, size_t most) const override;
  std::string NameOf(int32_t pid) const override;

 private:
  const std::string proc_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROCESS_PROC_NAMES_H_
