// SPDX-License-Identifier: Apache-2.0
//
// Where a task that is restricted to some CPUs may go now, and where it should.
//
//   if (HasRoomOn(ctx, sink, cpu)) ...
//   CpuId cpu = ChooseCpu(ctx, sink, allowed, home);    // in proportion to the CPUs of the set

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_CPUS_CPU_CHOICE_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_CPUS_CPU_CHOICE_H_

#include <cstddef>
#include <cstdint>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/policy/policy.h"

namespace scxx {

// Whether this CPU exists, is online, and one more dispatch to it is wanted now.
bool HasRoomOn(const Context& ctx, const DispatchSink& sink, CpuId cpu);

// The best CPU of the set that has room: idle on a core with nothing to run, then idle, then busy;
// and among equals first `home`, then the lowest. None() if none has room.
CpuId ChooseCpu(const Context& ctx, const DispatchSink& sink, const CpuSet& allowed, CpuId home);

// How many runnable tasks there are for each CPU that is online, rounded up, if `waiting` tasks
// wait beside those that run.
int64_t RunnablePerCpu(const Context& ctx, size_t waiting);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_CPUS_CPU_CHOICE_H_
