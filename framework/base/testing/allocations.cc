// SPDX-License-Identifier: Apache-2.0
#include "framework/base/testing/allocations.h"

#include <cstdlib>
#include <new>

namespace {
size_t allocations = 0;
}  // namespace

void* operator new(size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace scxx {

size_t Allocations() { return allocations; }

}  // namespace scxx
