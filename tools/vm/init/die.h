// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_INIT_DIE_H_
#define SCXX_TOOLS_VM_INIT_DIE_H_

namespace scxx::vm {

// Ends the machine because init cannot go on: `what` and errno go to the kernel's console, which
// the host shows.
[[noreturn]] void Die(const char* what);

// Dies unless `ok`.
inline void Require(bool ok, const char* what) {
  if (!ok) Die(what);
}

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_INIT_DIE_H_
