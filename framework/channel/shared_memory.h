// SPDX-License-Identifier: Apache-2.0
//
// SharedMemory: the maps of bpf/wire.h as the agent sees them, each through a MapView. The kernel's
// are mapped by BpfProgram (framework/kernel/program/mapped_map.h); the simulator has its own;
// Channel reads and writes either.
//
//   const auto& cpu = memory.cpus.at<scxx_cpu>(3);
//
// Ownership: none; the memory is somebody else's. Threading: the contents are shared with BPF; who
// may write what, and with which atomics, is said in bpf/wire.h.

#ifndef SCXX_FRAMEWORK_CHANNEL_SHARED_MEMORY_H_
#define SCXX_FRAMEWORK_CHANNEL_SHARED_MEMORY_H_

#include <cstddef>

namespace scxx {

// An array of bpf/wire.h. Entries lie a stride apart, as the kernel lays them out: at multiples of
// 8 bytes.
class MapView {
 public:
  MapView() = default;
  MapView(void* memory, size_t entries, size_t stride)
      : base_(static_cast<char*>(memory)), entries_(entries), stride_(stride) {}

  // Entry `index`, which must be below size().
  template <typename T>
  const T& at(size_t index) const {
    return *reinterpret_cast<const T*>(base_ + index * stride_);
  }
  template <typename T>
  T& at(size_t index) {
    return *reinterpret_cast<T*>(base_ + index * stride_);
  }

  size_t size() const { return entries_; }
  size_t bytes() const { return entries_ * stride_; }

 private:
  char* base_ = nullptr;
  size_t entries_ = 0;
  size_t stride_ = 0;
};

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
