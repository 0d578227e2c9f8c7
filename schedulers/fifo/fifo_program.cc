// SPDX-License-Identifier: Apache-2.0
// The fifo scheduler as a program. See README.md.

#include "framework/app/linked_schedulers.h"
#include "framework/app/options.h"
#include "framework/policy/policy.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx {
namespace {

const RegisterScheduler<FifoPolicy> registered({
    .summary = "tasks run in the order in which they became runnable",
    .advice = "fifo is a base line to compare with: it lets a desktop stall under load, by design; "
              "for one use latency, and for throughput vruntime",
    .make_policy =
        [](const AppOptions& options, const PolicyLimits& limits) {
          return FifoPolicy::Create({.slice = options.kernel.slice}, limits);
        },
});

}  // namespace
}  // namespace scxx
