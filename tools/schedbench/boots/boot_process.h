// SPDX-License-Identifier: Apache-2.0
//
// One boot, in a process of its own, so that several can run and be listened to.
//
//   absl::StatusOr<BootProcess> process = BootProcess::Start([&] { return setup->boot(seed); });
//   while (process->Read()) {}                  // Or poll(), when there are several.
//   absl::Status status = process->Finish();
//   ParseTranscript(process->output());
#ifndef SCXX_TOOLS_SCHEDBENCH_BOOTS_BOOT_PROCESS_H_
#define SCXX_TOOLS_SCHEDBENCH_BOOTS_BOOT_PROCESS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/base/process/process.h"

namespace scxx::bench {

// What happens in that process: a machine to its end, or the driver on this one. What it writes to
// standard output is the transcript; the driver's exit status, or why there is none.
using Boot = std::function<absl::StatusOr<int>()>;

// Threading: one thread of a process that has no others (it forks). The destructor kills it.
class BootProcess {
 public:
  static absl::StatusOr<BootProcess> Start(const Boot& boot);

  int fd() const { return out_.get(); }  // Readable when there is output, or the end of it.

  // Takes output that has come. False when there will be no more.
  bool Read();
  const std::string& output() const { return output_; }

  // After Read() has said false. Errors: what the machine failed of, or that the command did.
  absl::Status Finish();

 private:
  BootProcess() = default;

  Process process_;
  OwnedFd out_;
  OwnedFd error_;
  std::string output_;
};

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_BOOTS_BOOT_PROCESS_H_
