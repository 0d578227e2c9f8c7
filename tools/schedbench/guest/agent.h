// SPDX-License-Identifier: Apache-2.0
// A scheduler while it is attached.
//
//   Agent agent(plan.schedulers[1]);
//   absl::Status attached = agent.Attach();   // Again when it has died since.
//   ... loads ...
//   AgentEnd end = agent.Detach();
#ifndef SCXX_TOOLS_SCHEDBENCH_GUEST_AGENT_H_
#define SCXX_TOOLS_SCHEDBENCH_GUEST_AGENT_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "framework/base/units.h"
#include "tools/schedbench/plan.h"

namespace scxx::bench {

struct AgentEnd {
  int exit_code = 0;      // 128 + signal when one ended it.
  std::string last_line;  // Of its output.
};

// Of a scheduler that is the kernel's own, everything succeeds and nothing happens.
// Threading: one thread. The destructor kills what still runs.
class Agent {
 public:
  explicit Agent(const Scheduler& scheduler) : scheduler_(scheduler) {}
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Starts the program and waits until sched_ext is enabled; nothing when it runs and is attached.
  // Unavailable, with its last words, when it ends instead or takes longer than 30 s.
  absl::Status Attach();

  AgentEnd Detach();

  pid_t pid() const { return pid_; }                   // 0 when there is none.
  Nanos time_to_attach() const { return to_attach_; }  // Of the first time.

 private:
  bool Died();
  absl::Status GiveUp(const char* what);

  const Scheduler scheduler_;
  pid_t pid_ = 0;
  AgentEnd end_;
  Nanos to_attach_;
};

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_GUEST_AGENT_H_
