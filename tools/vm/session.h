// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_SESSION_H_
#define SCXX_TOOLS_VM_SESSION_H_

#include <chrono>
#include <optional>
#include <string>

#include "tools/vm/host_signals.h"
#include "tools/vm/monitor.h"
#include "tools/vm/options.h"
#include "tools/vm/outputs.h"
#include "tools/vm/qemu.h"
#include "tools/vm/wire.h"

namespace scxx::vm {

using SteadyTime = std::chrono::steady_clock::time_point;

// How one boot ended.
enum class End {
  kExited,      // The command ended; its status is known.
  kStopped,     // A signal to us ended the machine.
  kTimedOut,    // The run's time was up.
  kNeverReady,  // Init was not reached: the boot may be repeated.
  kFailed,      // The machine died under the command.
};

struct Outcome {
  End end;
  ExitStatus status;       // kExited and kStopped.
  std::string complaints;  // What QEMU itself said.
};

// What lasts over several boots.
struct SessionContext {
  HostSignals& signals;
  OutputQueue& output;
  ConsoleLog& console;
  FetchedFiles& files;
  // Take output as fast as it comes: a guest that never waits for us is repeatable.
  bool unlimited_output;
};

// The host's side of one boot: moves output, signals and files between the guest and this process
// until the command has ended or the machine has.
class BootSession {
 public:
  // `boot_deadline`: until when init must be reached. `deadline`: until when all must be over.
  BootSession(QemuProcess& qemu, const SessionContext& context, SteadyTime boot_deadline,
              SteadyTime deadline);

  Outcome Run();

 private:
  void Turn();
  void TakeSignal();
  void StopAt(SteadyTime when, int signal);
  void CheckTime();
  void ReadPort();
  void Handle(const Frame& frame);
  void ReadConsole();
  void ReadComplaints();
  void ReadMonitor();
  void WriteOutput();
  void Send(FrameType type, int arg);
  void MachineEnded();
  SteadyTime NextDeadline() const;

  QemuProcess& qemu_;
  SessionContext context_;
  SteadyTime boot_deadline_, deadline_, stop_deadline_;
  int stopped_by_ = 0;  // The signal that asked for the end.
  bool ready_ = false;  // Init was reached.
  FrameReader reader_;
  WakingMonitor monitor_;
  std::string complaints_;
  std::optional<Outcome> outcome_;
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_SESSION_H_
