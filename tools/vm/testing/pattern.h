// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_TESTING_PATTERN_H_
#define SCXX_TOOLS_VM_TESTING_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace scxx::vm {

// A million bytes of every value that never repeat: what the guest writes and the host must see
// unchanged.
inline std::string Pattern() {
  std::string bytes(1'000'000, '\0');
  uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_TESTING_PATTERN_H_
