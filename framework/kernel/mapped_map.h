// SPDX-License-Identifier: Apache-2.0
//
// MappedMap: an mmapable BPF array in this process's memory.
//
//   absl::StatusOr<MappedMap> cpus = MappedMap::Map(map, MappedMap::kReadOnly);
//   const auto& cpu = cpus->at<scxx_cpu>(3);
//
// Read-only where only BPF writes, so that a stray store of ours faults instead of confusing it.
// Ownership: unmaps on destruction; movable. Threading: the contents are shared with the kernel;
// who may write what, and with which atomics, is said in bpf/wire.h.

#ifndef SCXX_FRAMEWORK_KERNEL_MAPPED_MAP_H_
#define SCXX_FRAMEWORK_KERNEL_MAPPED_MAP_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"

struct bpf_map;

namespace scxx {

class MappedMap {
 public:
  enum Access { kReadOnly, kReadWrite };

  static absl::StatusOr<MappedMap> Map(const bpf_map* map, Access access);

  // For tests: memory that somebody else owns, laid out as the kernel would.
  static MappedMap Over(void* memory, size_t entries, size_t stride);

  MappedMap() = default;
  ~MappedMap();
  MappedMap(MappedMap&& other) noexcept;
  MappedMap& operator=(MappedMap&& other) noexcept;

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
  size_t bytes() const { return bytes_; }

 private:
  char* base_ = nullptr;
  size_t bytes_ = 0;
  size_t stride_ = 0;
  size_t entries_ = 0;
  bool owned_ = false;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_MAPPED_MAP_H_
