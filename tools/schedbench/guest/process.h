// SPDX-License-Identifier: Apache-2.0
// Child processes of the driver.
#ifndef SCXX_TOOLS_SCHEDBENCH_GUEST_PROCESS_H_
#define SCXX_TOOLS_SCHEDBENCH_GUEST_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace scxx::bench {

// Starts a program with these files (which exist afterwards, emptied) as its output; "" leaves the
// stream as it is. The process id; a program that cannot be started exits with 127.
pid_t StartProcess(const std::vector<std::string>& command, const std::string& out,
                   const std::string& err);

// What `waitpid` says as a shell does: the exit code, or 128 + the signal.
int ShellCode(int wait_status);

// Waits for its end.
int WaitFor(pid_t pid);

// The last line of a file that is not empty; "" when there is none.
std::string LastLine(const std::string& path);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_GUEST_PROCESS_H_
