// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/kernel_backend.h"

#include <sched.h>
#include <time.h>

#include <utility>

namespace scxx {
namespace {

// How often an agent that spins yields although it has decided nothing: well below the lease.
constexpr Nanos kSignOfLife = Millis(1);

}  // namespace

absl::StatusOr<std::unique_ptr<KernelBackend>> KernelBackend::Load(const KernelOptions& options) {
  absl::StatusOr<Topology> topology = Topology::FromSysfs();
  if (!topology.ok()) return topology.status();
  absl::StatusOr<std::unique_ptr<BpfProgram>> program = LoadProgram(options, *topology);
  if (!program.ok()) return program.status();
  return std::unique_ptr<KernelBackend>(
      new KernelBackend(*std::move(topology), *std::move(program)));
}

absl::StatusOr<std::unique_ptr<KernelBackend>> KernelBackend::Create(const KernelOptions& options) {
  absl::StatusOr<std::unique_ptr<KernelBackend>> backend = Load(options);
  if (!backend.ok()) return backend;
  if (absl::Status status = (*backend)->Attach(); !status.ok()) return status;
  return backend;
}

absl::Status KernelBackend::Attach() { return LockAndAttach(*program_); }

KernelBackend::KernelBackend(Topology topology, std::unique_ptr<BpfProgram> program)
    : ChannelBackend(std::move(topology), program->memory(), program->config()),
      program_(std::move(program)) {}

KernelBackend::~KernelBackend() = default;

CpuId KernelBackend::CurrentCpu() { return CpuId(sched_getcpu()); }

bool KernelBackend::exited() const {
  return stop_.load(std::memory_order_relaxed) || program_->exited();
}

// An agent with a CPU of its own comes back from it at once: BPF has sent its kicks, and knows that
// it lives. Without decisions, only the latter counts, and a look at the rings is cheaper.
void KernelBackend::Yield() {
  if (program_->config().agent_cpu != 0) {
    if (accepted() == told_ && now() - told_at_ < kSignOfLife) return __builtin_ia32_pause();
    told_ = accepted();
    told_at_ = now();
  }
  GiveCpuAway(wants_nap());
}

Instant KernelBackend::Now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);  // no system call: the vDSO's
  return Instant(time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec);
}

void KernelBackend::RequestStop() {
  stop_.store(true, std::memory_order_relaxed);
  agent_.Nudge();
}

ExitReport KernelBackend::Detach() {
  program_->Detach();
  return program_->exit_report();
}

DispatcherStats KernelBackend::Stats() const {
  return ReadDispatcherStats(program_->memory(), program_->config().nr_cpus);
}

}  // namespace scxx
