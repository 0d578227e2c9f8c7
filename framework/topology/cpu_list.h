// SPDX-License-Identifier: Apache-2.0
//
// The kernel's CPU list format, as in /sys/devices/system/cpu/online: "0-3,8,10-11", or nothing for
// the empty set. (operator<< of CpuSet prints it.)

#ifndef SCXX_FRAMEWORK_TOPOLOGY_CPU_LIST_H_
#define SCXX_FRAMEWORK_TOPOLOGY_CPU_LIST_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/base/cpu_set.h"

namespace scxx {

// InvalidArgument if `text` is not such a list, or names a CPU from kMaxCpus on. White space around
// it is ignored.
absl::StatusOr<CpuSet> ParseCpuList(absl::string_view text);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_TOPOLOGY_CPU_LIST_H_
