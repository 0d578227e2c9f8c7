// SPDX-License-Identifier: Apache-2.0
//
// MapView: an array of bpf/wire.h in memory that somebody else owns: a BPF map that the kernel
// shares (framework/kernel/program/mapped_map.h), or the simulator's memory.
//
//   const auto& cpu = cpus.at<scxx_cpu>(3);
//
// Entries lie a stride apart, as the kernel lays them out: at multiples of 8 bytes. Threading: the
// contents are shared with BPF; who may write what, and with which atomics, is said in bpf/wire.h.

#ifndef SCXX_FRAMEWORK_CHANNEL_MAP_VIEW_H_
#define SCXX_FRAMEWORK_CHANNEL_MAP_VIEW_H_

#include <cstddef>

namespace scxx {

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

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_CHANNEL_MAP_VIEW_H_
