// SPDX-License-Identifier: Apache-2.0
//
// Placement: which ring a decision goes to, and whom to kick. The one piece of the agent's side
// that is about CPUs; KernelBackend and BpfScheduler both use it.
//
// Rules, for a task that may run anywhere:
//   1. Records wait in the common ring already: behind them, so that order is kept.
//   2. The agent's own CPU: it is free as soon as the agent parks, and costs no kick.
//   3. An idle CPU whose ring is empty: the one it last ran on, else any; with a kick.
//   4. The common ring: the first CPU that has nothing to do takes it.
//
// Where cores have several CPUs, 2 and 3 are gone through first for CPUs whose core has nothing
// else to run.
//
// The CPU that an agent which does not park has to itself gets only what may run nowhere else.
// A task with an affinity goes by 2 and 3 among its CPUs, else to the shortest ring among them. A
// CPU named by the policy is taken as it is; if the record is movable and the CPU turns out to be
// busy, an idle one is told to come for it.
//
// Publish, then kick: a CPU that goes idle in between finds the record itself (bpf/idle.h).

#ifndef SCXX_FRAMEWORK_CHANNEL_PLACEMENT_H_
#define SCXX_FRAMEWORK_CHANNEL_PLACEMENT_H_

#include <cstdint>

#include "bpf/wire.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/channel/channel.h"
#include "framework/machine/backend.h"

namespace scxx {

// What BPF is told of a decision. Which CPU it is for is the ring's business.
scxx_record RecordOf(const BackendDispatch& dispatch);

class Placement {
 public:
  // `online`: tasks may be allowed on other CPUs as well, which run nothing.
  explicit Placement(Channel& channel, const CpuSet& online = CpuSet::FirstN(SCXX_MAX_CPUS))
      : channel_(channel), online_(online), reserved_(channel.reserved_cpu()) {}

  // The agent is about to decide; call at the start of a cycle, on its thread.
  void SetAgentCpu(CpuId cpu) { agent_cpu_ = cpu == reserved_ ? CpuId::None() : cpu; }
  // The CPU that comes free when the agent parks, or None().
  CpuId agent_cpu() const { return agent_cpu_; }

  enum class Result { kPlaced, kFull, kNotAllowed, kOffline };

  // `ring` tells where the record went.
  Result Place(const BackendDispatch& dispatch, uint32_t* ring);

 private:
  CpuSet Usable(uint32_t slot) const;
  CpuId ChooseAnywhere(const scxx_task& task) const;
  CpuId FreeNear(const CpuSet* allowed, CpuId last) const;
  CpuId ChooseFree(const CpuSet* allowed, CpuId last) const;
  CpuId ChooseAmong(uint32_t slot, const scxx_task& task) const;
  CpuId ShortestRing(const CpuSet& allowed) const;
  Result PlaceOn(const scxx_record& record, CpuId cpu, bool preempt, uint32_t* ring);
  Result PlaceNear(const scxx_record& record, CpuId cpu, uint32_t* ring);
  Result PlaceInCommonRing(const scxx_record& record, uint32_t* ring);
  void Wake(CpuId cpu, bool preempt);

  Channel& channel_;
  const CpuSet online_;
  const CpuId reserved_;
  CpuId agent_cpu_ = CpuId::None();
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_CHANNEL_PLACEMENT_H_
