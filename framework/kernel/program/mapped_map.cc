// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/program/mapped_map.h"

#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace scxx {

absl::StatusOr<MappedMap> MappedMap::Map(const bpf_map* map, Access access) {
  // The kernel lays entries out at multiples of 8 bytes and maps whole pages.
  const size_t stride = (bpf_map__value_size(map) + 7) & ~size_t{7};
  const size_t entries = bpf_map__max_entries(map);
  const size_t page = sysconf(_SC_PAGESIZE);
  const size_t bytes = (stride * entries + page - 1) / page * page;
  const int protection = access == kReadOnly ? PROT_READ : PROT_READ | PROT_WRITE;
  void* base =
      mmap(nullptr, bytes, protection, MAP_SHARED | MAP_POPULATE, bpf_map__fd(map), /*offset=*/0);
  if (base == MAP_FAILED) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot map BPF map ", bpf_map__name(map), " (", bytes,
                            " bytes); if memory may not be locked, raise `ulimit -l`"));
  }
  MappedMap mapped;
  mapped.base_ = base;
  mapped.bytes_ = bytes;
  mapped.view_ = MapView(base, entries, stride);
  return mapped;
}

MappedMap::~MappedMap() {
  if (base_ != nullptr) munmap(base_, bytes_);
}

MappedMap::MappedMap(MappedMap&& other) noexcept { *this = std::move(other); }

MappedMap& MappedMap::operator=(MappedMap&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(bytes_, other.bytes_);
  std::swap(view_, other.view_);
  return *this;
}

}  // namespace scxx
