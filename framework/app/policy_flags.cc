// SPDX-License-Identifier: Apache-2.0
#include "absl/flags/flag.h"
#include "framework/app/flags.h"

ABSL_FLAG(absl::Duration, slice, scxx::KernelOptions().slice,
          "how long a task may run at a stretch: 100us to 1s, like 5ms");
ABSL_FLAG(bool, direct, true,
          "where the policy allows it, dispatch a woken task in the kernel while nothing waits; "
          "--nodirect asks the policy each time");

namespace scxx {

void ReadPolicyFlags(AppOptions* options) {
  options->kernel.slice = absl::GetFlag(FLAGS_slice);
  options->direct = absl::GetFlag(FLAGS_direct);
}

}  // namespace scxx
