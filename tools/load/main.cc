// SPDX-License-Identifier: Apache-2.0
// Puts a known load on a machine and says how it was scheduled. See README.md.

#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <vector>

#include "tools/load/cli.h"

namespace {

// Many pipes are many open files; the soft limit is often 1,024.
void RaiseFileLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  // What fork_storm's children become: the shortest program there is.
  if (arguments == std::vector<std::string>{"exit"}) return 0;

  RaiseFileLimit();
  const scxx::load::CliOutput output = scxx::load::RunCli(arguments);
  fputs(output.out.c_str(), stdout);
  fputs(output.err.c_str(), stderr);
  return output.exit_code;
}
