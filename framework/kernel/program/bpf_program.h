// SPDX-License-Identifier: Apache-2.0
//
// BpfProgram: the BPF object in the kernel. Opens it, sizes its maps, loads it, maps the shared
// memory, attaches and detaches. What flows through the memory is channel.h's business.
//
//   absl::StatusOr<std::unique_ptr<BpfProgram>> program = LoadProgram(options, topology);
//   ...                                               // allocate all that is needed
//   absl::Status status = LockAndAttach(**program);   // from here on the kernel calls us
//   ...
//   (*program)->Detach();                             // returns when the kernel has let go
//
// LoadProgram and LockAndAttach are what KernelBackend and BpfScheduler do alike. They prepare the
// process as well, which Load and Attach leave to the caller.
//
// Ownership: owns all maps and links; everything is released by the destructor.
// Threading: load and attach on the thread that will be the agent (it is registered by its thread
// id). Detach may be called from any one thread.
// Errors: absl::Status with what was attempted and what to do about it.

#ifndef SCXX_FRAMEWORK_KERNEL_PROGRAM_BPF_PROGRAM_H_
#define SCXX_FRAMEWORK_KERNEL_PROGRAM_BPF_PROGRAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bpf/wire.h"
#include "framework/channel/shared_memory.h"
#include "framework/kernel/program/callback_costs.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/kernel/program/mapped_map.h"
#include "framework/machine/exit_report.h"
#include "framework/topology/topology.h"

struct bpf_link;
struct bpf_map;
struct bpf_object;

namespace scxx {

class BpfProgram {
 public:
  static absl::StatusOr<std::unique_ptr<BpfProgram>> Load(const KernelOptions& options,
                                                          const Topology& topology);
  ~BpfProgram();
  BpfProgram(const BpfProgram&) = delete;
  BpfProgram& operator=(const BpfProgram&) = delete;

  absl::Status Attach();
  void Detach();

  // The kernel has let go of us, by itself or because we asked.
  bool exited() const;
  ExitReport exit_report() const;

  // Empty without KernelOptions::callback_costs.
  std::vector<CallbackCost> CallbackCosts() const;

  const scxx_config& config() const { return config_; }
  SharedMemory& memory() { return memory_; }
  const SharedMemory& memory() const { return memory_; }

 private:
  BpfProgram() = default;

  absl::Status Open(const KernelOptions& options);
  absl::Status SizeMaps();
  absl::Status SetOps(const KernelOptions& options);
  absl::Status LoadObject();
  absl::Status MapMemory();
  absl::Status RegisterAgent();
  absl::Status AttachExitHook();

  bpf_object* object_ = nullptr;
  bpf_map* ops_ = nullptr;
  bpf_link* link_ = nullptr;
  bpf_link* exit_hook_ = nullptr;
  const scxx_exit* exit_ = nullptr;
  const char* exit_dump_ = nullptr;
  scxx_config config_ = {};
  std::optional<CallbackTimer> timer_;
  std::vector<MappedMap> mapped_;
  SharedMemory memory_;  // of mapped_
};

// Checks the machine, and loads the program for its CPUs: its memory is mapped, nothing attached.
// The calling thread is the agent. It goes without a CPU of its own if WhyNoAgentCpu says so.
absl::StatusOr<std::unique_ptr<BpfProgram>> LoadProgram(const KernelOptions& options,
                                                        const Topology& topology);

// Locks all memory of the process, then attaches. The caller has allocated what it needs.
// Unavailable if a CPU came or went since the program was loaded: load it again.
absl::Status LockAndAttach(BpfProgram& program);

// What it means that the kernel has let go of a scheduler before its attach was over: Unavailable
// for hotplug, else Aborted.
absl::Status ErrorOfAttach(const ExitReport& report);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROGRAM_BPF_PROGRAM_H_
