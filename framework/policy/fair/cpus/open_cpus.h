// SPDX-License-Identifier: Apache-2.0
//
// OpenCpus knows, for the length of a Schedule call, on which CPUs there is room for a task, and
// which of them have nothing to run. With these two sets a queue of tasks with affinities finds
// those that may go without a look at the others (fair_queue.h).
//
//   OpenCpus open;
//   open.Look(ctx, sink);
//   uint32_t slot = queue.First(&open.room(), ...);    // open.HasFree(cpus)
//   sink.Dispatch({.task = task, .cpu = cpu, ...});
//   open.Update(cpu);
//
// The sink that Look was given must outlive every call but the next Look.
//
// Look takes time in proportion to the CPUs. Allocates nothing. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_CPUS_OPEN_CPUS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_CPUS_OPEN_CPUS_H_

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/policy/policy.h"

namespace scxx {

class OpenCpus {
 public:
  void Look(const Context& ctx, const DispatchSink& sink);
  // No CPU is open: for a call in which nobody will ask.
  void Clear();
  // Something was dispatched to this CPU; or to any, which changes nothing here.
  void Update(CpuId cpu);

  // Online, and one more dispatch to it is wanted now.
  const CpuSet& room() const { return room_; }
  // Whether one of these CPUs would find it at once, having nothing to run.
  bool HasFree(const CpuSet& cpus) const { return nr_free_ > 0 && free_.Intersects(cpus); }

 private:
  const DispatchSink* sink_ = nullptr;
  CpuSet room_;
  CpuSet free_;
  int nr_free_ = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_CPUS_OPEN_CPUS_H_
