// SPDX-License-Identifier: Apache-2.0
//
// The kernel of this machine as a Machine: a thin layer over KernelBackend.

#ifndef SCXX_FRAMEWORK_KERNEL_KERNEL_MACHINE_H_
#define SCXX_FRAMEWORK_KERNEL_KERNEL_MACHINE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/machine/machine.h"

namespace scxx {

// Loads the BPF program; does not attach. Errors: one line with its cure.
absl::StatusOr<std::unique_ptr<Machine>> MakeKernelMachine(const KernelOptions& options);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_KERNEL_MACHINE_H_
