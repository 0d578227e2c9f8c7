// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/mapped_map.h"

#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace scxx {

absl::StatusOr<MappedMap> MappedMap::Map(const bpf_map* map, Access access) {
  MappedMap mapped;
  // The kernel lays entries out at multiples of 8 bytes and maps whole pages.
  mapped.stride_ = (bpf_map__value_size(map) + 7) & ~size_t{7};
  mapped.entries_ = bpf_map__max_entries(map);
  const size_t page = sysconf(_SC_PAGESIZE);
  const size_t bytes = (mapped.stride_ * mapped.entries_ + page - 1) / page * page;
  const int protection = access == kReadOnly ? PROT_READ : PROT_READ | PROT_WRITE;
  void* base =
      mmap(nullptr, bytes, protection, MAP_SHARED | MAP_POPULATE, bpf_map__fd(map), /*offset=*/0);
  if (base == MAP_FAILED) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot map BPF map ", bpf_map__name(map), " (", bytes,
                            " bytes); if memory may not be locked, raise `ulimit -l`"));
  }
  mapped.base_ = static_cast<char*>(base);
  mapped.bytes_ = bytes;
  mapped.owned_ = true;
  return mapped;
}

MappedMap MappedMap::Over(void* memory, size_t entries, size_t stride) {
  MappedMap mapped;
  mapped.base_ = static_cast<char*>(memory);
  mapped.stride_ = stride;
  mapped.entries_ = entries;
  mapped.bytes_ = entries * stride;
  return mapped;
}

MappedMap::~MappedMap() {
  if (owned_) munmap(base_, bytes_);
}

MappedMap::MappedMap(MappedMap&& other) noexcept { *this = std::move(other); }

MappedMap& MappedMap::operator=(MappedMap&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(bytes_, other.bytes_);
  std::swap(stride_, other.stride_);
  std::swap(entries_, other.entries_);
  std::swap(owned_, other.owned_);
  return *this;
}

}  // namespace scxx
