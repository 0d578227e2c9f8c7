// SPDX-License-Identifier: Apache-2.0
// Puts a known load on a machine and says how it was scheduled. See README.md.

#include <cstdio>
#include <string>
#include <vector>

#include "tools/load/cli.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  // What fork_storm's children become: the shortest program there is.
  if (arguments == std::vector<std::string>{"exit"}) return 0;

  const scxx::load::CliOutput output = scxx::load::RunCli(arguments);
  fputs(output.out.c_str(), stdout);
  fputs(output.err.c_str(), stderr);
  return output.exit_code;
}
