// SPDX-License-Identifier: Apache-2.0

#include "framework/app/fair_flags.h"

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "framework/app/flags.h"

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
          "a task that has waited longer goes first: 10ms to 850ms");
ABSL_FLAG(absl::Duration, tick, scxx::FairOptions().tick,
          "the kernel's tick, 1/CONFIG_HZ, by which slices may be late: 0 to 10ms");
ABSL_FLAG(bool, percpu_local, scxx::FairOptions().percpu_local,
          "prefer tasks that may use one CPU only, by up to --bound");
ABSL_FLAG(bool, domains, scxx::FairOptions().domains,
          "keep tasks in their last-level cache, where there are several");
ABSL_FLAG(absl::Duration, cache_margin, scxx::FairOptions().cache_margin,
          "a CPU takes a task from another cache if it is so far ahead of its own: 0 to 100ms");
ABSL_FLAG(absl::Duration, node_margin, scxx::FairOptions().node_margin,
          "the same for a task from another NUMA node: --cache_margin to 100ms");

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
  absl::SetFlag(&FLAGS_domains, defaults.domains);
  absl::SetFlag(&FLAGS_cache_margin, defaults.cache_margin);
  absl::SetFlag(&FLAGS_node_margin, defaults.node_margin);
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
          .percpu_local = absl::GetFlag(FLAGS_percpu_local),
          .domains = absl::GetFlag(FLAGS_domains),
          .cache_margin = absl::GetFlag(FLAGS_cache_margin),
          .node_margin = absl::GetFlag(FLAGS_node_margin)};
}

}  // namespace scxx
