// SPDX-License-Identifier: Apache-2.0
//
// The flags that every scheduler has, as AppOptions. A scheduler adds its own with ABSL_FLAG.

#ifndef SCXX_FRAMEWORK_APP_FLAGS_H_
#define SCXX_FRAMEWORK_APP_FLAGS_H_

#include <string>
#include <vector>

#include "framework/app/options.h"

namespace scxx {

// What the flags say now; not validated.
AppOptions OptionsFromFlags();

// The command line, without the program's name, that sets every flag as it is set here, except
// those that say where to run: what a scheduler in a virtual machine is started with.
std::vector<std::string> GuestArguments();

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_FLAGS_H_
