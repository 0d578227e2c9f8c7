// SPDX-License-Identifier: Apache-2.0
// The old name of framework/app/vm/locate.h, for schedbench until it includes that itself.
#ifndef SCXX_TOOLS_VM_LOCATE_H_
#define SCXX_TOOLS_VM_LOCATE_H_

#include "framework/app/vm/locate.h"

#endif  // SCXX_TOOLS_VM_LOCATE_H_
