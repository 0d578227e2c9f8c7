// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_INIT_BLOB_H_
#define SCXX_TOOLS_VM_INIT_BLOB_H_

#include "absl/strings/string_view.h"

namespace scxx::vm {

// The guest's init, a static executable. It is part of this program, so that the tool is one file.
absl::string_view InitBlob();

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_INIT_BLOB_H_
