// SPDX-License-Identifier: Apache-2.0
// The command line of the load program, as a function.
#ifndef SCXX_TOOLS_LOAD_CLI_H_
#define SCXX_TOOLS_LOAD_CLI_H_

#include <string>
#include <vector>

namespace scxx::load {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // Could not run, stalled, or waited longer than --max_wait.
inline constexpr int kExitUsage = 2;

struct CliOutput {
  int exit_code = kExitOk;
  std::string out;
  std::string err;  // One line, if any.
};

// `arguments` without the program's name.
CliOutput RunCli(const std::vector<std::string>& arguments);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_CLI_H_
