// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/init_blob.h"

#include <cstddef>

#include "absl/strings/string_view.h"

extern "C" const char scxx_vm_init_begin[];
extern "C" const char scxx_vm_init_end[];

namespace scxx::vm {

absl::string_view InitBlob() {
  return {scxx_vm_init_begin, static_cast<size_t>(scxx_vm_init_end - scxx_vm_init_begin)};
}

}  // namespace scxx::vm
