// SPDX-License-Identifier: Apache-2.0
//
// AgentProcess: a scheduler under test, in a process of its own, as it would be in life.
//
//   absl::StatusOr<std::unique_ptr<AgentProcess>> agent = AgentProcess::Start(options, RunFifo);
//   ... put a load on the machine, stop or kill (*agent)->pid() ...
//   AgentOutcome outcome = (*agent)->Stop();
//
// Threading: one thread of a process that has no others (it forks). Ownership: the destructor kills
// the process if it still runs. Errors: what the scheduler's Create said.

#ifndef SCXX_TESTS_KERNEL_AGENT_PROCESS_H_
#define SCXX_TESTS_KERNEL_AGENT_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/process/process.h"
#include "framework/channel/dispatcher_stats.h"
#include "framework/kernel/kernel_backend.h"
#include "framework/kernel/program/kernel_options.h"

namespace scxx {

// How a scheduler ended.
struct AgentOutcome {
  bool reported = false;  // false: it was killed, and the rest is empty
  ExitReport report;
  DispatcherStats stats;    // after the detach: nothing moves any more
  int64_t page_faults = 0;  // of the agent's thread, from attach to detach
};

class AgentProcess {
 public:
  // Runs until the backend says it has exited. In the child.
  using Body = std::function<void(KernelBackend&)>;

  static absl::StatusOr<std::unique_ptr<AgentProcess>> Start(const KernelOptions& options,
                                                             const Body& body);
  ~AgentProcess();
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;

  pid_t pid() const { return process_.pid(); }
  void Signal(int signal) const { process_.Signal(signal); }

  // What it had counted some milliseconds ago.
  DispatcherStats Stats() const;
  // Waits until the statistics are so. False after `limit`.
  bool WaitUntil(const std::function<bool(const DispatcherStats&)>& is_so,
                 absl::Duration limit = absl::Seconds(20)) const;

  // Asks it to end (SIGTERM), and waits.
  AgentOutcome Stop();
  // Waits for its end.
  AgentOutcome Wait();

 private:
  struct Shared;

  AgentProcess() = default;
  [[noreturn]] void RunChild(const KernelOptions& options, const Body& body, PipeEnds started);

  Shared* shared_ = nullptr;  // with the child
  Process process_;
};

// Bodies.
void RunFifo(KernelBackend& backend);

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_AGENT_PROCESS_H_
