// SPDX-License-Identifier: Apache-2.0
//
// The load program beside a scheduler, started once the scheduler is attached.
//
//   absl::StatusOr<DemoLoad> load = DemoLoad::Prepare("/bin/load", Seconds(10));
//   ...                                // lock memory, start threads, attach
//   load->Start();
//   ...
//   load->Stop();
//
// A process that starts another one by fork() makes all its own memory fault anew. So Prepare
// forks, while that does not matter yet, a child that waits for Start to become the load program.
//
// Ownership: the child and its descendants are ended by Stop or the destructor.
// Threading: one thread at a time; Prepare before other threads exist.

#ifndef SCXX_FRAMEWORK_APP_VM_DEMO_LOAD_H_
#define SCXX_FRAMEWORK_APP_VM_DEMO_LOAD_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace scxx {

class DemoLoad {
 public:
  // A load that goes on for at least `duration` after Start.
  static absl::StatusOr<DemoLoad> Prepare(const std::string& program, absl::Duration duration);
  // The same with any command; command[0] is a path.
  static absl::StatusOr<DemoLoad> Prepare(const std::vector<std::string>& command);

  DemoLoad(DemoLoad&& other) noexcept;
  DemoLoad& operator=(DemoLoad&&) = delete;
  ~DemoLoad();

  // Once. Makes no system call but a write.
  void Start();

  // Ends it. An error if it had failed before by itself.
  absl::Status Stop();

 private:
  DemoLoad(pid_t child, int start_fd) : child_(child), start_fd_(start_fd) {}

  pid_t child_;
  int start_fd_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_VM_DEMO_LOAD_H_
