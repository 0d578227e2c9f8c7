// SPDX-License-Identifier: Apache-2.0
//
// FairOptions is FairParams as people write it, checked.
//
//   absl::StatusOr<FairParams> params = ParamsFrom({.slice = absl::Milliseconds(3)});
//
// InvalidArgument names the option, the value and the range.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_FAIR_OPTIONS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_FAIR_OPTIONS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/policy/fair/core/fair_params.h"

namespace scxx {

struct FairOptions {
  // The longest slice of a task of nice 0; heavier tasks get up to twice that, lighter ones down to
  // half. 100 us to 1 s. The kernel looks at slices at its tick.
  absl::Duration slice = absl::Milliseconds(4);
  // The shortest slice. 100 us to `slice`.
  absl::Duration slice_min = absl::Milliseconds(1);
  // Slices shrink so that the tasks of a CPU have all had a turn in this time. 100 us to 1 s.
  absl::Duration period = absl::Milliseconds(12);
  // How far the order may be bent in favour of interactive tasks: the largest credit for having
  // slept and the largest penalty. CPU time at nice 0, 0 to 100 ms.
  absl::Duration bound = absl::Milliseconds(4);
  // A waking task interrupts only one that is behind it by more than this. CPU time at nice 0, 0 to
  // 100 ms.
  absl::Duration margin = absl::Milliseconds(1);
  // A CPU is interrupted by a waking task only once in this time. 0 to 10 ms.
  absl::Duration gap = absl::ZeroDuration();
  // A task that has waited longer goes first. 10 ms to 30 s, and to be chosen below the kernel's
  // watchdog. Short times turn nice values into a polite request.
  absl::Duration max_wait = absl::Milliseconds(800);
  // The kernel's tick, 1 / CONFIG_HZ: how late a slice may end. 0 to 10 ms. Too long is harmless.
  absl::Duration tick = absl::Milliseconds(4);
  // Prefer tasks that may use one CPU only, such as a worker thread of each CPU, by up to `bound`.
  bool percpu_local = false;
  // Keep tasks in the cache they ran in last, on machines that have several last-level caches.
  bool domains = true;
  // By how much a task must be ahead of those that wait for a CPU's own cache, so that the CPU
  // takes it from another cache of its node, or from another node. CPU time at nice 0, 0 to 100 ms;
  // for another node, no less than for another cache. Shares drift by as much.
  absl::Duration cache_margin = absl::Milliseconds(4);
  absl::Duration node_margin = absl::Milliseconds(8);
};

absl::StatusOr<FairParams> ParamsFrom(const FairOptions& options);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_FAIR_OPTIONS_H_
