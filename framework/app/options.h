// SPDX-License-Identifier: Apache-2.0
//
// AppOptions: what the command line of a scheduler says. Filled by flags.h, or by a test.

#ifndef SCXX_FRAMEWORK_APP_OPTIONS_H_
#define SCXX_FRAMEWORK_APP_OPTIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "framework/kernel/program/kernel_options.h"

namespace scxx {

enum class BackendKind {
  kAuto,    // this machine's kernel where it can be had, else a virtual machine
  kKernel,  // this machine's kernel
  kVm,      // a kernel in a virtual machine, with a demo load
  kSim,     // the simulator
};

// "auto", "kernel", "vm" and "sim", in both directions.
bool AbslParseFlag(absl::string_view text, BackendKind* kind, std::string* error);
std::string AbslUnparseFlag(BackendKind kind);

struct AppOptions {
  BackendKind backend = BackendKind::kAuto;
  KernelOptions kernel = {};

  // A line of statistics that often; zero: none.
  absl::Duration stats_interval = absl::Seconds(1);
  // Detach after this time of the machine's clock; infinite: not before a signal. Zero:
  // kDemoDuration with a demo load or in the simulator, else infinite.
  absl::Duration duration = absl::ZeroDuration();

  // Explain this task with each line of statistics: a pid, or a name; empty: none.
  std::string explain = {};

  // Show all that the kernel's side has counted, at the end.
  bool counters = false;
  // What the policy allows may be forbidden, to see what it is worth: PolicyTraits::direct.
  bool direct = true;

  // Of the virtual or the simulated machine.
  int cpus = 2;
  // Of the virtual machine.
  int memory_mb = 512;

  // The load program to run once attached (inside the virtual machine); empty: none.
  std::string demo = {};

  // `duration`, with zero resolved.
  absl::Duration EffectiveDuration() const;
};

inline constexpr absl::Duration kDemoDuration = absl::Seconds(10);

// InvalidArgument, one line with the option, its range and the value.
absl::Status Validate(const AppOptions& options);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_OPTIONS_H_
