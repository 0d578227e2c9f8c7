// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/fair_options.h"

#include "framework/base/duration.h"
#include "framework/base/range.h"

namespace scxx {
namespace {

constexpr absl::Duration kShortest = absl::Microseconds(100);
constexpr absl::Duration kLongest = absl::Milliseconds(100);

absl::Status Validate(const FairOptions& o) {
  absl::Status status;
  status.Update(CheckRange("slice", o.slice, kShortest, absl::Seconds(1)));
  status.Update(CheckRange("slice_min", o.slice_min, kShortest, o.slice));
  status.Update(CheckRange("period", o.period, kShortest, absl::Seconds(1)));
  status.Update(CheckRange("bound", o.bound, absl::ZeroDuration(), kLongest));
  status.Update(CheckRange("margin", o.margin, absl::ZeroDuration(), kLongest));
  status.Update(CheckRange("gap", o.gap, absl::ZeroDuration(), absl::Milliseconds(10)));
  status.Update(
      CheckRange("max_wait", o.max_wait, absl::Milliseconds(10), absl::Milliseconds(850)));
  status.Update(CheckRange("tick", o.tick, absl::ZeroDuration(), absl::Milliseconds(10)));
  status.Update(CheckRange("cache_margin", o.cache_margin, absl::ZeroDuration(), kLongest));
  status.Update(CheckRange("node_margin", o.node_margin, o.cache_margin, kLongest));
  return status;
}

}  // namespace

absl::StatusOr<FairParams> ParamsFrom(const FairOptions& options) {
  if (absl::Status status = Validate(options); !status.ok()) return status;
  FairParams params;
  params.slice_max = FromDuration(options.slice);
  params.slice_min = FromDuration(options.slice_min);
  params.period = FromDuration(options.period);
  params.bound = FromDuration(options.bound);
  params.margin = FromDuration(options.margin);
  params.gap = FromDuration(options.gap);
  params.age = FromDuration(options.max_wait);
  params.tick = FromDuration(options.tick);
  params.percpu_local = options.percpu_local;
  params.domains = options.domains;
  params.cache_margin = FromDuration(options.cache_margin);
  params.node_margin = FromDuration(options.node_margin);
  return params;
}

}  // namespace scxx
