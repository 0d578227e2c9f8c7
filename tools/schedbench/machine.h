// SPDX-License-Identifier: Apache-2.0
// One boot of the guest, in a process of its own, so that several can run and be listened to.
#ifndef SCXX_TOOLS_SCHEDBENCH_MACHINE_H_
#define SCXX_TOOLS_SCHEDBENCH_MACHINE_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/vm/options.h"
#include "tools/vm/owned_fd.h"

namespace scxx::bench {

// Threading: one thread of a process that has no others (it forks). The destructor ends the
// machine.
class Machine {
 public:
  static absl::StatusOr<Machine> Start(const vm::VmOptions& options);
  Machine(Machine&& other) noexcept;
  Machine& operator=(Machine&&) = delete;
  ~Machine();

  int fd() const { return out_.get(); }  // Readable when there is output, or the end of it.

  // Takes output that has come. False when there will be no more.
  bool Read();
  const std::string& output() const { return output_; }

  // After Read() has said false. Errors: what the machine failed of, or that the command did.
  absl::Status Finish();

 private:
  Machine() = default;

  pid_t pid_ = -1;
  vm::OwnedFd out_;
  vm::OwnedFd error_;
  std::string output_;
};

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_MACHINE_H_
