// SPDX-License-Identifier: Apache-2.0
//
// Machine is what a scheduler lives on: a kernel (framework/kernel/kernel_machine.h), a simulated
// computer (framework/sim/sim_machine.h), or a script in a test. A Machine object is one life, from
// loaded to detached; Backend (backend.h) is a cycle of it.
//
//   absl::StatusOr<std::unique_ptr<Machine>> machine = MakeKernelMachine(options);   // loaded
//   Engine<FifoPolicy> engine(policy, (*machine)->backend(), {});
//   absl::Status status = (*machine)->Attach();    // from here on it asks this process what to run
//   engine.Run(stop);                              // until RequestStop(), or the machine is lost
//   const ExitReport report = (*machine)->Detach();               // how it ended
//
// Session (framework/engine/session.h) does this, and again where the report asks for a restart.
// MachineAudit (testing/machine_audit.h) holds every implementation to these words.
//
// Threading: one thread, the agent, makes, attaches, runs the backend and detaches. RequestStop,
// Figures, names() and Now() of the backend may be called from any thread in between, except on a
// machine that KeepsTime(): its clock stands while nobody runs the backend, so there they are the
// agent's, and only RequestStop is everybody's.

#ifndef SCXX_FRAMEWORK_MACHINE_MACHINE_H_
#define SCXX_FRAMEWORK_MACHINE_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/machine/exit_report.h"
#include "framework/stats/figures.h"

namespace scxx {

// What a machine calls its tasks. Not for the agent's hot path: a kernel's reads files.
class TaskNames {
 public:
  virtual ~TaskNames() = default;
  // The threads of that name, at most `most`, in the order of their ids.
  virtual std::vector<int32_t> ThreadsNamed(absl::string_view comm, size_t most) const = 0;
  // Empty if there is no such thread. May hold anything that a user has put there.
  virtual std::string NameOf(int32_t pid) const = 0;
};

// What a session wants to hear of a machine's time.
struct Timetable {
  // Zero: no ticks.
  Nanos interval = {};
  // After the attach; max(): never ends by itself.
  Nanos duration = Nanos(std::numeric_limits<int64_t>::max());
  std::function<void()> tick = {};
  std::function<void()> end = {};
};

class Machine {
 public:
  virtual ~Machine() = default;

  // What this is, for people: "Linux 7.3.4".
  virtual std::string Description() const = 0;

  // From the beginning on, and always the same one. Before the attach only limits() and topology().
  virtual Backend& backend() = 0;
  virtual const TaskNames& names() const = 0;

  // Asks to be called at these times of the machine's own clock. False: its clock is that of this
  // process, which had better look at it itself. Before Attach; counts from there.
  virtual bool KeepsTime(const Timetable&) { return false; }

  // Once. From here on the machine asks this process what to run. Unavailable if something changed
  // since it was loaded, and a new Machine may succeed.
  virtual absl::Status Attach() = 0;

  // Park soon returns kExited; also if it was asked for before the attach.
  virtual void RequestStop() = 0;

  // Gives the machine back, if it has not been taken away already, and says how it ended. Again:
  // the same report.
  virtual ExitReport Detach() = 0;

  // What people should know of it once it is attached, a line each; mostly nothing.
  virtual std::vector<std::string> Notes() const { return {}; }

  // Everything it counts, since the attach. "fallbacks" is among them, the times it took over
  // because the agent was late.
  virtual Readings Figures() const = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_MACHINE_H_
