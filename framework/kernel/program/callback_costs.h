// SPDX-License-Identifier: Apache-2.0
//
// What each BPF program of a scheduler costs, by the kernel's own watch (kernel.bpf_stats_enabled).
//
//   absl::StatusOr<CallbackTimer> timer = CallbackTimer::Start();   // counts while it lives
//   ...
//   for (const CallbackCost& cost : ReadCallbackCosts(object)) Print(cost.name, cost.time);
//
// The watch itself costs two looks at a clock a run, some tens of nanoseconds, which are part of
// the times. It runs for all BPF programs of the machine.

#ifndef SCXX_FRAMEWORK_KERNEL_PROGRAM_CALLBACK_COSTS_H_
#define SCXX_FRAMEWORK_KERNEL_PROGRAM_CALLBACK_COSTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/base/units.h"

struct bpf_object;

namespace scxx {

struct CallbackCost {
  absl::string_view name;  // of the BPF program; valid as long as the object
  uint64_t runs = 0;       // since it was loaded, while a timer lived
  Nanos time = {};         // in all of them
};

class CallbackTimer {
 public:
  // Errors: PermissionDenied without CAP_SYS_ADMIN, Unimplemented on a kernel that has no such
  // watch.
  static absl::StatusOr<CallbackTimer> Start();

  CallbackTimer(CallbackTimer&& other) noexcept;
  CallbackTimer& operator=(CallbackTimer&& other) noexcept;
  ~CallbackTimer();

 private:
  explicit CallbackTimer(int fd) : fd_(fd) {}

  int fd_;
};

// Of the programs of a loaded object that have run.
std::vector<CallbackCost> ReadCallbackCosts(const bpf_object* object);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROGRAM_CALLBACK_COSTS_H_
