/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// native_maps.h: the maps of bpf/wire.h in ordinary memory, laid out as the kernel lays out
// mmapable arrays. Each map is a heap block of its own, so that the address sanitizer sees a stray
// index.
#ifndef SCXX_BPF_NATIVE_NATIVE_MAPS_H_
#define SCXX_BPF_NATIVE_NATIVE_MAPS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

#include "bpf/wire.h"

namespace scxx {

// One array map: zeroed, its entries at multiples of 8 bytes.
class NativeMap {
 public:
  NativeMap(size_t entries, size_t value_size)
      : entries_(entries),
        stride_((value_size + 7) / 8 * 8),
        bytes_(Allocate(entries_ * stride_)) {}

  // NULL for an index out of range, as bpf_map_lookup_elem().
  template <typename T>
  T* Find(uint64_t index) const {
    return index < entries_ ? reinterpret_cast<T*>(bytes_.get() + index * stride_) : nullptr;
  }

  void* data() const { return bytes_.get(); }
  size_t entries() const { return entries_; }
  size_t stride() const { return stride_; }

 private:
  static constexpr std::align_val_t kAlignment{SCXX_CACHELINE};
  struct Free {
    void operator()(char* bytes) const { operator delete(bytes, kAlignment); }
  };

  static char* Allocate(size_t size) {
    void* bytes = operator new(size, kAlignment);
    return static_cast<char*>(memset(bytes, 0, size));
  }

  size_t entries_;
  size_t stride_;
  std::unique_ptr<char, Free> bytes_;
};

// All of them, sized for a configuration as framework/kernel does.
struct NativeMaps {
  explicit NativeMaps(const scxx_config& config)
      : tasks(config.max_tasks, sizeof(scxx_task)),
        affinity(config.max_tasks, (config.nr_cpus + 63) / 64 * 8),
        events(config.online_end, (config.event_mask + 1) * sizeof(scxx_event)),
        gone(1, sizeof(scxx_gone_ring)),
        dispatch(config.nr_cpus + 1, sizeof(scxx_dispatch_ring)),
        cpus(config.nr_cpus + 1, sizeof(scxx_cpu)),
        agent(1, sizeof(scxx_agent)),
        global(1, sizeof(scxx_global)) {}

  NativeMap tasks;
  NativeMap affinity;
  NativeMap events;
  NativeMap gone;
  NativeMap dispatch;
  NativeMap cpus;
  NativeMap agent;
  NativeMap global;
};

}  // namespace scxx

#endif  // SCXX_BPF_NATIVE_NATIVE_MAPS_H_
