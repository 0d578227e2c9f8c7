// SPDX-License-Identifier: Apache-2.0

#include "framework/app/fair_flags.h"

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/time/time.h"

ABSL_DECLARE_FLAG(absl::Duration, slice);  // flags.cc

ABSL_FLAG(absl::Duration, slice_min, scxx::FairOptions().slice_min,
          "the shortest slice: 100us to --slice");
ABSL_FLAG(absl::Duration, period, scxx::FairOptions().period,
          "slices shrink so that each task of a CPU has a turn in this time: 100us to 1s");
ABSL_FLAG(absl::Duration, bound, scxx::FairOptions().bound,
          "how far interactive tasks may be preferred, in CPU time at nice 0: 0 to 100ms");
ABSL_FLAG(absl::Duration, margin, scxx::FairOptions().margin,
          "a waking task interrupts one that is behind it by more than this: 0 to 100ms");
ABSL_FLAG(absl::Duration, gap, scxx::FairOptions().gap,
          "a CPU is interrupted by waking tasks only once in this time: 0 to 10ms");
ABSL_FLAG(absl::Duration, max_wait, scxx::FairOptions().max_wait,
          "a task that has waited longer goes first: 10ms to 30s");
ABSL_FLAG(absl::Duration, tick, scxx::FairOptions().tick,
          "the kernel's tick, 1/CONFIG_HZ, by which slices may be late: 0 to 10ms");
ABSL_FLAG(bool, percpu_local, scxx::FairOptions().percpu_local,
          "prefer tasks that may use one CPU only, by up to --bound");

namespace scxx {

void SetFairDefaults(const FairOptions& defaults) {
  absl::SetFlag(&FLAGS_slice, defaults.slice);
  absl::SetFlag(&FLAGS_slice_min, defaults.slice_min);
  absl::SetFlag(&FLAGS_period, defaults.period);
  absl::SetFlag(&FLAGS_bound, defaults.bound);
  absl::SetFlag(&FLAGS_margin, defaults.margin);
  absl::SetFlag(&FLAGS_gap, defaults.gap);
  absl::SetFlag(&FLAGS_max_wait, defaults.max_wait);
  absl::SetFlag(&FLAGS_tick, defaults.tick);
  absl::SetFlag(&FLAGS_percpu_local, defaults.percpu_local);
}

FairOptions FairOptionsFromFlags(const AppOptions& options) {
  return {.slice = options.kernel.slice,
          .slice_min = absl::GetFlag(FLAGS_slice_min),
          .period = absl::GetFlag(FLAGS_period),
          .bound = absl::GetFlag(FLAGS_bound),
          .margin = absl::GetFlag(FLAGS_margin),
          .gap = absl::GetFlag(FLAGS_gap),
          .max_wait = absl::GetFlag(FLAGS_max_wait),
          .tick = absl::GetFlag(FLAGS_tick),
          .percpu_local = absl::GetFlag(FLAGS_percpu_local)};
}

}  // namespace scxx
