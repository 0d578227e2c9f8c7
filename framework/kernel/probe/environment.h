// SPDX-License-Identifier: Apache-2.0
//
// Can a scheduler be attached here, and if not, what has to be done about it? Asked before anything
// is loaded, so that people get one line with a cure and not an errno from the depths.
//
//   absl::Status status = CheckEnvironment();
//   if (IsCurable(status)) ...       // the message says what to run
//   else if (!status.ok()) ...       // this machine, or this user, cannot; a virtual machine can
//
// What only the attempt can show is put into words by LoadError and AttachError.
//
// Threading: any thread; nothing is kept.

#ifndef SCXX_FRAMEWORK_KERNEL_PROBE_ENVIRONMENT_H_
#define SCXX_FRAMEWORK_KERNEL_PROBE_ENVIRONMENT_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace scxx {

struct EnvironmentOptions {
  // Prepended to /proc and /sys; tests bring their own.
  std::string root = {};
  // How much memory the process will lock: BytesToLock() of kernel_options.h.
  int64_t locked_bytes = 0;
  // How long a former scheduler may take to go, and how to wait for it.
  absl::Duration patience = absl::Seconds(5);
  std::function<void(absl::Duration)> sleep = absl::SleepFor;
};

// Waits while a former scheduler goes. Every message is one line that names the cure. The codes:
//   Unimplemented       the kernel cannot as it was built or booted: no sched_ext, PREEMPT_RT,
//                       locked down, isolated CPUs, something missing
//   PermissionDenied    not root, or root of a container only
//   AlreadyExists       another scheduler is attached
//   FailedPrecondition  the JIT is off
//   ResourceExhausted   too little memory may be locked, or a control group leaves too little
absl::Status CheckEnvironment(const EnvironmentOptions& options = {});

// True for the last three: the user can change that here and now, and probably wants to.
bool IsCurable(const absl::Status& status);

// The message up to its cure: what follows the first ": ".
std::string ProblemOf(const absl::Status& status);

// What a failure to load the BPF program, or to attach it, means. `error` is an errno value, of
// either sign; it may be 524 (the kernel's ENOTSUPP).
absl::Status LoadError(int error, const EnvironmentOptions& options = {});
absl::Status AttachError(int error, const EnvironmentOptions& options = {});

// /sys/kernel/sched_ext/hotplug_seq: read it before load and give it to the kernel.
uint64_t ReadHotplugSequence(const EnvironmentOptions& options = {});

// What to set in sched_ext_ops.flags.
struct OpsRequest {
  bool partial = false;     // only tasks of class SCHED_EXT
  bool numa_local = false;  // idle CPUs by NUMA node, where the kernel can
};

// The flags by this kernel's numbering. Errors: Unimplemented if the kernel lacks one that matters.
absl::StatusOr<uint64_t> OpsFlags(const OpsRequest& request,
                                  const EnvironmentOptions& options = {});

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROBE_ENVIRONMENT_H_
