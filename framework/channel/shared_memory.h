// SPDX-License-Identifier: Apache-2.0
//
// SharedMemory: the maps of bpf/wire.h as the agent sees them. The kernel's are mapped by
// BpfProgram; the simulator has its own; Channel reads and writes either. Owns nothing.

#ifndef SCXX_FRAMEWORK_CHANNEL_SHARED_MEMORY_H_
#define SCXX_FRAMEWORK_CHANNEL_SHARED_MEMORY_H_

#include <cstddef>

#include "framework/channel/map_view.h"

namespace scxx {

struct SharedMemory {
  MapView tasks;
  MapView affinity;
  MapView events;
  MapView gone;
  MapView dispatch;
  MapView cpus;
  MapView agent;
  MapView global;

  size_t bytes() const {
    return tasks.bytes() + affinity.bytes() + events.bytes() + gone.bytes() + dispatch.bytes() +
           cpus.bytes() + agent.bytes() + global.bytes();
  }
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_CHANNEL_SHARED_MEMORY_H_
