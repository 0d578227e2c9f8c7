// SPDX-License-Identifier: Apache-2.0
//
// Machine is what a session attaches to and detaches from: a kernel (kernel_machine.h), or a script
// in a test.
//
// Threading: one thread, the agent, constructs, attaches, runs the backend and detaches.
// RequestStop and Figures may be called from any thread in between.

#ifndef SCXX_FRAMEWORK_MACHINE_MACHINE_H_
#define SCXX_FRAMEWORK_MACHINE_MACHINE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "framework/machine/backend.h"
#include "framework/machine/exit_report.h"
#include "framework/stats/histogram.h"
#include "framework/stats/metrics.h"

namespace scxx {

// What only the machine can count.
struct MachineFigures {
  // As of now.
  uint64_t custody = 0;  // tasks in user space's hands
  uint64_t running = 0;  // tasks that a decision has put on a CPU
  // Since the attach.
  uint64_t fallbacks = 0;           // times the kernel took over because the agent was late
  uint64_t page_faults = 0;         // of this process
  HistogramSnapshot inserted = {};  // from enqueued until on its CPU's queue
};

class Machine {
 public:
  virtual ~Machine() = default;

  virtual Backend& backend() = 0;

  // From here on the machine asks this process what to run.
  virtual absl::Status Attach() = 0;

  // Park soon returns kExited.
  virtual void RequestStop() = 0;

  // Gives the machine back, if it has not been taken away already, and says how it ended.
  virtual ExitReport Detach() = 0;

  virtual MachineFigures Figures() const = 0;

  // Everything it counts, since the attach.
  virtual std::vector<Metrics::Reading> Counters() const = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_MACHINE_H_
