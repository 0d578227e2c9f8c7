// SPDX-License-Identifier: Apache-2.0
//
// What KernelBackend and BpfScheduler do alike before they attach: check the machine, load the BPF
// program for its CPUs, lock the memory.

#ifndef SCXX_FRAMEWORK_KERNEL_PROGRAM_LOAD_PROGRAM_H_
#define SCXX_FRAMEWORK_KERNEL_PROGRAM_LOAD_PROGRAM_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/kernel/program/bpf_program.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/topology/topology.h"

namespace scxx {

// Loaded, its memory mapped, not attached. The calling thread is the agent.
absl::StatusOr<std::unique_ptr<BpfProgram>> LoadProgram(const KernelOptions& options,
                                                        const Topology& topology);

// Locks all memory of the process, then attaches. The caller has allocated what it needs.
absl::Status LockAndAttach(BpfProgram& program);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROGRAM_LOAD_PROGRAM_H_
