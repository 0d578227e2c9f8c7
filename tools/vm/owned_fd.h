// SPDX-License-Identifier: Apache-2.0
// The old name of OwnedFd in framework/base/process, for schedbench until it includes that itself.
#ifndef SCXX_TOOLS_VM_OWNED_FD_H_
#define SCXX_TOOLS_VM_OWNED_FD_H_

#include "framework/base/process/process.h"

namespace scxx::vm {

using scxx::OwnedFd;

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_OWNED_FD_H_
