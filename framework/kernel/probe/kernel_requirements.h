// SPDX-License-Identifier: Apache-2.0
//
// What the BPF program needs of a kernel beyond "has sched_ext", as data. Where the kernel renamed
// something, any of the names will do; bpf/port_bpf.h picks among the same ones.

#ifndef SCXX_FRAMEWORK_KERNEL_PROBE_KERNEL_REQUIREMENTS_H_
#define SCXX_FRAMEWORK_KERNEL_PROBE_KERNEL_REQUIREMENTS_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "framework/kernel/probe/kernel_btf.h"

namespace scxx {

// One of these kfuncs must exist; unused entries are null. The newest name comes first.
struct KfuncRequirement {
  const char* names[3];
};

absl::Span<const KfuncRequirement> KfuncRequirements();

// OK, or Unimplemented with one line that names the first thing missing.
absl::Status CheckKernelRequirements(const KernelBtf& btf);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROBE_KERNEL_REQUIREMENTS_H_
