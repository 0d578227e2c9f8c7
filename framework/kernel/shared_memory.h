// SPDX-License-Identifier: Apache-2.0
//
// SharedMemory: the maps of bpf/wire.h in this process. BpfProgram maps them; Channel reads and
// writes them; tests put ordinary memory in their place.

#ifndef SCXX_FRAMEWORK_KERNEL_SHARED_MEMORY_H_
#define SCXX_FRAMEWORK_KERNEL_SHARED_MEMORY_H_

#include <cstddef>

#include "bpf/wire.h"
#include "framework/kernel/mapped_map.h"

namespace scxx {

struct SharedMemory {
  MappedMap tasks;
  MappedMap affinity;
  MappedMap events;
  MappedMap gone;
  MappedMap dispatch;
  MappedMap cpus;
  MappedMap agent;
  MappedMap global;

  size_t bytes() const {
    return tasks.bytes() + affinity.bytes() + events.bytes() + gone.bytes() + dispatch.bytes() +
           cpus.bytes() + agent.bytes() + global.bytes();
  }
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_SHARED_MEMORY_H_
