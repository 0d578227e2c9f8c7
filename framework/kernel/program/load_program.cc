// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/program/load_program.h"

#include "absl/strings/str_cat.h"
#include "framework/kernel/probe/environment.h"
#include "framework/kernel/process/agent_thread.h"
#include "framework/kernel/process/process_memory.h"

namespace scxx {

absl::StatusOr<std::unique_ptr<BpfProgram>> LoadProgram(const KernelOptions& options,
                                                        const Topology& topology) {
  if (absl::Status status = ValidateOptions(options); !status.ok()) return status;
  if (absl::Status status = CheckEnvironment(); !status.ok()) return status;
  if (topology.max_cpus() > static_cast<int>(SCXX_MAX_CPUS)) {
    return absl::UnimplementedError(absl::StrCat("this machine has ", topology.max_cpus(),
                                                 " CPUs; scxx is built for at most ", SCXX_MAX_CPUS,
                                                 ": raise SCXX_MAX_CPUS in bpf/wire.h"));
  }
  if (options.agent_cpu >= 0) {
    if (absl::Status status = MoveToOwnCpu(options.agent_cpu); !status.ok()) return status;
  }
  if (options.partial) {
    if (absl::Status status = JoinSchedExt(); !status.ok()) return status;
  }
  ShrinkThreadStacks(MemoryOptions().thread_stack);  // of threads started before the attach
  return BpfProgram::Load(options, topology);
}

absl::Status LockAndAttach(BpfProgram& program) {
  if (absl::Status status = LockProcessMemory({}); !status.ok()) return status;
  return program.Attach();
}

}  // namespace scxx
