// SPDX-License-Identifier: Apache-2.0
// An array in memory that forked children share with their parent: zeroed, every page touched up
// front.
#ifndef SCXX_TOOLS_LOAD_SHARED_ARRAY_H_
#define SCXX_TOOLS_LOAD_SHARED_ARRAY_H_

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace scxx::load {

// Ownership: the mapping goes when the array does, in each process for itself. T must be happy with
// all-zero bytes; no constructor or destructor runs.
template <typename T>
class SharedArray {
 public:
  SharedArray() = default;

  static absl::StatusOr<SharedArray> Create(size_t size) {
    void* memory = mmap(nullptr, size * sizeof(T), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) {
      return absl::ResourceExhaustedError(std::string("mmap shared memory: ") + strerror(errno));
    }
    return SharedArray(static_cast<T*>(memory), size);
  }

  SharedArray(SharedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  SharedArray& operator=(SharedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~SharedArray() {
    if (data_ != nullptr) munmap(data_, size_ * sizeof(T));
  }

  T& operator[](size_t i) const { return data_[i]; }
  T* begin() const { return data_; }
  T* end() const { return data_ + size_; }
  size_t size() const { return size_; }

 private:
  SharedArray(T* data, size_t size) : data_(data), size_(size) {}

  T* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_SHARED_ARRAY_H_
