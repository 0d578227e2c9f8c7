// SPDX-License-Identifier: Apache-2.0
//
// Child processes that are owned: killed and reaped when their owner goes, and never left behind.
//
//   absl::StatusOr<PipeEnds> out = MakePipe();
//   if (!out.ok()) return out.status();
//   absl::StatusOr<Process> process = Process::Start(
//       {.args = {"/bin/uname", "-r"}, .out = out->write_end.get(), .dies_with_parent = true});
//   if (!process.ok()) return process.status();
//   out->write_end.Close();               // Only the child has it now: it ends with the child.
//   std::string text;
//   while (ReadMore(out->read_end.get(), text)) {}
//   const ExitStatus status = process->Wait();
//
// Threading: an object belongs to one thread. Fork from a process of several threads only what
// executes a program at once. Errors: a Status says that there is no child. That a program cannot
// be executed shows as its exit code, 127, as under a shell, with the reason on its standard error.

#ifndef SCXX_FRAMEWORK_BASE_PROCESS_PROCESS_H_
#define SCXX_FRAMEWORK_BASE_PROCESS_PROCESS_H_

#include <sys/types.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace scxx {

// A file descriptor that closes itself. -1 is none. Movable, not copyable.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OwnedFd() { Close(); }

  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

// Opens /dev/null as each of standard input, output and error that this process was started
// without (`>&-`). Else the next descriptor that is opened takes the number, and what is printed
// goes there.
void FillStandardStreams();

struct PipeEnds {
  OwnedFd read_end, write_end;
};

// Both ends close when a program is executed; Command::out and its like reach it all the same.
absl::StatusOr<PipeEnds> MakePipe();

// Waits for more bytes and appends them. False when there will be none.
bool ReadMore(int fd, std::string& seen);

// How a process ended.
struct ExitStatus {
  int code = 0;    // When signal is 0.
  int signal = 0;  // The signal that killed it.

  static ExitStatus FromWaitStatus(int wait_status);

  bool ok() const { return code == 0 && signal == 0; }
  int ShellCode() const { return signal != 0 ? 128 + signal : code; }
};

// A program, and what it finds when it starts.
struct Command {
  static constexpr int kInherit = -1;  // The caller's.
  static constexpr int kNull = -2;     // /dev/null.

  std::vector<std::string> args = {};  // args[0] is the program's path.
  std::vector<std::string> env = {};   // NAME=VALUE, besides the caller's.
  int in = kInherit;                   // Or a descriptor of the caller.
  int out = kInherit;
  int err = kInherit;
  std::vector<int> keep = {};     // Descriptors that it inherits under the same numbers.
  bool own_group = false;         // It leads a process group: a terminal's Ctrl-C passes it by.
  bool dies_with_parent = false;  // Killed when the thread that started it ends.
  bool default_signals = false;   // None blocked, and SIGPIPE not ignored.
  std::function<void()> prepare = {};  // Runs in the child, before it has its streams.
};

// A child process or none. Ownership: the destructor kills it unless Wait has been called. Movable,
// not copyable.
class Process {
 public:
  Process() = default;  // None.
  Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Process& operator=(Process&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~Process() { Kill(); }

  static absl::StatusOr<Process> Start(const Command& command);

  // A copy of this process that runs `body` and exits with code 0 by _exit: no buffers are flushed
  // and no destructors run. The kernel kills it when the thread that called this ends.
  static absl::StatusOr<Process> Fork(absl::FunctionRef<void()> body);

  pid_t pid() const { return pid_; }  // -1 when there is none, or no more.
  void Signal(int number) const;

  // Waits for its end, through signals. Returns at once, as if all were well, when there is none.
  ExitStatus Wait();

  // Ends it now, and waits. Does nothing when it has been waited for.
  void Kill();

 private:
  explicit Process(pid_t pid) : pid_(pid) {}

  pid_t pid_ = -1;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_PROCESS_PROCESS_H_
