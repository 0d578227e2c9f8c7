// SPDX-License-Identifier: Apache-2.0
//
// The dispatcher's configuration with the defaults that docs/protocol.md lists. The kernel backend
// puts its options over it, the simulator the faults it injects.

#ifndef SCXX_FRAMEWORK_CHANNEL_DEFAULT_CONFIG_H_
#define SCXX_FRAMEWORK_CHANNEL_DEFAULT_CONFIG_H_

#include <cstddef>
#include <cstdint>

#include "bpf/wire.h"
#include "framework/base/cpu_set.h"
#include "framework/topology/topology.h"

namespace scxx {

// `nr_cpus`: CPU numbers are below it. `max_tasks`: how many tasks have a slot at once.
// All CPUs are online.
scxx_config DefaultConfig(uint32_t nr_cpus, uint32_t max_tasks);

// Of CPUs that may exist only these are online, and only they count. One at least.
void SetOnline(const CpuSet& online, scxx_config* config);
CpuSet OnlineOf(const scxx_config& config);

// The memory that such a dispatcher shares with its agent, in bytes.
size_t SharedBytes(const scxx_config& config);

// Which of them share a core. Without it every CPU counts as a core of its own.
void SetCores(const CpuGroups& cores, scxx_config* config);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_CHANNEL_DEFAULT_CONFIG_H_
