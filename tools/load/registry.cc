// SPDX-License-Identifier: Apache-2.0
#include "tools/load/registry.h"

#include "tools/load/workloads/demo.h"
#include "tools/load/workloads/hogs.h"
#include "tools/load/workloads/lifetimes.h"
#include "tools/load/workloads/meddlers.h"
#include "tools/load/workloads/messages.h"
#include "tools/load/workloads/nuisances.h"
#include "tools/load/workloads/sleepers.h"
#include "tools/load/workloads/wakeups.h"

namespace scxx::load {
namespace {

template <typename W>
std::unique_ptr<Workload> Make() {
  return std::make_unique<W>(typename W::Options());
}

}  // namespace

absl::Span<const RegisteredWorkload> AllWorkloads() {
  static constexpr RegisteredWorkload kAll[] = {
      {"sleepers, pipes, hogs and forks together, for watching", Make<Demo>},
      {"one pair of processes passing a message to and fro", Make<PingPong>},
      {"many such pairs", Make<PipePairs>},
      {"tasks that only yield", Make<Yielders>},
      {"a periodic task beside CPU hogs: wakeup latency", Make<Periodic>},
      {"CPU hogs of different nice levels: shares of CPU time", Make<NiceMix>},
      {"groups of senders and receivers, as hackbench", Make<Messaging>},
      {"message threads that wake workers, as schbench", Make<WakeupTree>},
      {"a thousand threads woken at once", Make<Herd>},
      {"short jobs beside long ones", Make<Bimodal>},
      {"nothing to do", Make<Idle>},
      {"tasks killed while they run, wait or sleep", Make<Exits>},
      {"processes and threads that meet at a barrier", Make<MixedKinds>},
      {"short-lived processes: fork (and exec), exit, wait", Make<ForkStorm>},
      {"tasks that change their own and others' affinity", Make<AffinityMeddlers>},
      {"tasks that change their own and others' nice level", Make<NiceMeddlers>},
      {"tasks that spin, in a class and on a CPU of choice, beside another load", Make<Spinners>},
      {"ksmd and khugepaged kept busy, beside another load", Make<KernelThreads>},
      {"processes that take memory until the kernel kills them", Make<MemoryEaters>},
  };
  return kAll;
}

std::unique_ptr<Workload> MakeWorkload(const std::string& name) {
  for (const RegisteredWorkload& entry : AllWorkloads()) {
    std::unique_ptr<Workload> workload = entry.make();
    if (workload->name() == name) return workload;
  }
  return nullptr;
}

}  // namespace scxx::load
