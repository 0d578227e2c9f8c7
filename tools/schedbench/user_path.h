// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_SCHEDBENCH_USER_PATH_H_
#define SCXX_TOOLS_SCHEDBENCH_USER_PATH_H_

#include <string>

namespace scxx::bench {

// A path of the command line as the user meant it: relative to where they stand, which is not where
// `bazel run` starts a program. "" stays "".
std::string UserPath(const std::string& path);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_USER_PATH_H_
