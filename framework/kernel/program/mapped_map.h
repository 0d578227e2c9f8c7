// SPDX-License-Identifier: Apache-2.0
//
// MappedMap: an mmapable BPF array in this process's memory.
//
//   absl::StatusOr<MappedMap> cpus = MappedMap::Map(map, MappedMap::kReadOnly);
//   const auto& cpu = cpus->view().at<scxx_cpu>(3);
//
// Read-only where only BPF writes, so that a stray store of ours faults instead of confusing it.
// Ownership: unmaps on destruction, and its view is void then; movable.

#ifndef SCXX_FRAMEWORK_KERNEL_PROGRAM_MAPPED_MAP_H_
#define SCXX_FRAMEWORK_KERNEL_PROGRAM_MAPPED_MAP_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "framework/channel/shared_memory.h"

struct bpf_map;

namespace scxx {

class MappedMap {
 public:
  enum Access { kReadOnly, kReadWrite };

  static absl::StatusOr<MappedMap> Map(const bpf_map* map, Access access);

  MappedMap() = default;
  ~MappedMap();
  MappedMap(MappedMap&& other) noexcept;
  MappedMap& operator=(MappedMap&& other) noexcept;

  MapView view() const { return view_; }

 private:
  void* base_ = nullptr;
  size_t bytes_ = 0;  // whole pages
  MapView view_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROGRAM_MAPPED_MAP_H_
