// SPDX-License-Identifier: Apache-2.0
//
// What the driver starts: programs, and schedulers, each of them while it is attached.
//
//   Agent agent(plan.schedulers[1]);
//   absl::Status attached = agent.Attach();   // Again when it has died since.
//   absl::StatusOr<Process> load = StartProcess({"/bin/load", "yield"}, "", "/tmp/load.err");
//   AgentEnd end = agent.Detach();
//
// Threading: one thread.
#ifndef SCXX_TOOLS_SCHEDBENCH_GUEST_PROCESSES_H_
#define SCXX_TOOLS_SCHEDBENCH_GUEST_PROCESSES_H_

#include <sys/types.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/base/process/process.h"
#include "framework/base/units.h"
#include "tools/schedbench/plan/plan.h"

namespace scxx::bench {

// Starts a program with these files (which exist afterwards, emptied) as its output; "" leaves the
// stream as it is. A program that cannot be executed exits with 127.
absl::StatusOr<Process> StartProcess(const std::vector<std::string>& command,
                                     const std::string& out, const std::string& err);

// The last line of a file that is not empty; "" when there is none.
std::string LastLine(const std::string& path);

// Programs beside a run, each with the processes that it starts. The destructor kills them all.
class Companions {
 public:
  Companions() = default;
  Companions(const Companions&) = delete;
  Companions& operator=(const Companions&) = delete;
  ~Companions();

  // All or none: the error says which could not be started.
  absl::Status Start(const std::vector<Companion>& programs);

  // One has failed: "NAME ended with 2: its last words". Those that have done their work may end.
  absl::Status Check();

 private:
  struct Running {
    std::string name;
    Process process;
  };
  std::vector<Running> running_;
};

// What the kernel's log says about sched_ext, the lines joined by " | "; "" when nothing.
std::string SchedExtLog();

struct AgentEnd {
  int exit_code = 0;      // 128 + signal when one ended it.
  std::string last_line;  // Of its output.
  std::string fallbacks;  // How often the kernel took over, where its output says so.
};

// A scheduler's program. Of a scheduler that is the kernel's own, everything succeeds and nothing
// happens. The destructor kills what still runs.
class Agent {
 public:
  explicit Agent(const Scheduler& scheduler) : scheduler_(scheduler) {}
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Starts the program and waits until sched_ext is enabled; nothing when it runs and is attached.
  // Unavailable, with its last words, when it ends instead or takes longer than 30 s.
  absl::Status Attach();

  AgentEnd Detach();

  pid_t pid() const { return std::max(process_.pid(), 0); }  // 0 when there is none.
  Nanos time_to_attach() const { return to_attach_; }        // Of the first time.

 private:
  bool Died();
  absl::Status GiveUp(const char* what);

  const Scheduler scheduler_;
  Process process_;
  AgentEnd end_;
  Nanos to_attach_;
};

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_GUEST_PROCESSES_H_
