// SPDX-License-Identifier: Apache-2.0
//
// The first and only program of the guest besides the command under test: prepares the machine,
// runs the command, carries its output and its status to the host, and reaps orphans. The machine
// ends with its command: what the command left running is killed, and the host stops the machine
// when it has read the status.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/vm/init/machine.h"
#include "tools/vm/wire.h"

namespace scxx::vm {
namespace {

// A real-time init reports whatever a scheduler under test does to ordinary tasks. The command does
// not inherit it.
void BecomeRealTime() {
  const sched_param param = {1};
  sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param);
}

int ChildSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

GuestCommand ReadCommand() {
  const int fd = open(kCommandFile, O_RDONLY | O_CLOEXEC);
  std::string bytes;
  char chunk[4096];
  for (ssize_t got; (got = read(fd, chunk, sizeof(chunk))) > 0;) {
    bytes.append(chunk, static_cast<size_t>(got));
  }
  close(fd);
  const std::optional<GuestCommand> command = DecodeCommand(bytes);
  Require(command.has_value(), kCommandFile);
  return *command;
}

// The running command. Init owns the reading ends of its pipes.
struct Child {
  pid_t pid;
  int out;  // What it writes to standard output; non-blocking.
  int err;  // And to standard error.
};

struct Pipe {
  int read_end;
  int write_end;
};

Pipe MakePipe() {
  int ends[2];
  Require(pipe2(ends, O_CLOEXEC) == 0, "making a pipe");
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {ends[0], ends[1]};
}

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& s : strings) pointers.push_back(const_cast<char*>(s.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Init blocks signals to take them from a descriptor, and ignores none; the command starts with all
// of them as usual.
void ResetSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void Execute(const GuestCommand& command) {
  std::vector<char*> env = Pointers(command.env);
  environ = env.data();  // Also what execvp searches PATH in.
  execvp(command.args[0].c_str(), Pointers(command.args).data());
  const int error = errno;
  dprintf(STDERR_FILENO, "vm: cannot run %s in the guest: %s\n", command.args[0].c_str(),
          strerror(error));
  _exit(error == ENOENT ? 127 : 126);
}

// Starts the command in a process group of its own, with standard input from /dev/null. A command
// that cannot be executed exits with 127 (not found) or 126, as under a shell, and says why on its
// standard error.
Child StartChild(const GuestCommand& command) {
  const Pipe out = MakePipe();
  const Pipe err = MakePipe();
  const pid_t pid = fork();
  Require(pid >= 0, "fork");
  if (pid == 0) {
    setpgid(0, 0);
    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    dup2(out.write_end, STDOUT_FILENO);
    dup2(err.write_end, STDERR_FILENO);
    ResetSignals();
    Execute(command);
  }
  setpgid(pid, pid);  // Both do it: whichever comes first, signals to the group find it.
  close(out.write_end);
  close(err.write_end);
  return {pid, out.read_end, err.read_end};
}

// Moves bytes and signals between the command and the host until the command is gone.
class Supervisor {
 public:
  Supervisor(Port& port, const Child& child, int signals)
      : port_(port), child_(child), signals_(signals) {}

  int RunToEnd() {
    while (!status_.has_value()) Turn();
    kill(-1, SIGKILL);
    for (auto [fd, number] : {std::pair(child_.out, 1), std::pair(child_.err, 2)}) {
      while (Forward(fd, number)) port_.FlushFully();
    }
    return *status_;
  }

 private:
  // No output is taken from the command while the host has not taken the last: this is what makes a
  // command that writes faster than the host reads wait, as on a pipe.
  void Turn() {
    const int in_out = port_.HasPending() ? -1 : child_.out;
    const int in_err = port_.HasPending() ? -1 : child_.err;
    const short port_events = port_.HasPending() ? POLLIN | POLLOUT : POLLIN;
    pollfd fds[] = {{port_.fd(), port_events, 0},
                    {signals_, POLLIN, 0},
                    {in_out, POLLIN, 0},
                    {in_err, POLLIN, 0}};
    Require(poll(fds, std::size(fds), -1) > 0, "poll");
    if (fds[0].revents & POLLIN) Obey();
    if (fds[1].revents) Reap();
    if (fds[2].revents && !Forward(child_.out, 1)) Close(child_.out);
    if (fds[3].revents && !Forward(child_.err, 2)) Close(child_.err);
    port_.Flush();
  }

  // False when there is nothing (more) to read.
  bool Forward(int fd, int number) {
    std::string bytes(kMaxPayload, '\0');
    const ssize_t got = read(fd, bytes.data(), bytes.size());
    if (got <= 0) return false;
    bytes.resize(static_cast<size_t>(got));
    port_.Send(FrameType::kOutput, static_cast<uint8_t>(number), bytes);
    return true;
  }

  void Close(int& fd) {
    close(fd);
    fd = -1;
  }

  void Obey() {
    while (const std::optional<Frame> frame = port_.Receive()) {
      if (frame->type == FrameType::kSignal) kill(-child_.pid, frame->arg);
      if (frame->type == FrameType::kCloseOutput) Close(frame->arg == 1 ? child_.out : child_.err);
    }
  }

  void Reap() {
    signalfd_siginfo info;
    while (read(signals_, &info, sizeof(info)) > 0) {
    }
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (pid == child_.pid) status_ = status;
    }
  }

  Port& port_;
  Child child_;
  const int signals_;
  std::optional<int> status_;
};

void SendFile(Port& port, uint8_t index, const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  std::string bytes(kMaxPayload, '\0');
  ssize_t got;
  do {  // An empty file is one empty frame.
    got = read(fd, bytes.data(), kMaxPayload);
    port.Send(FrameType::kFile, index, bytes.substr(0, got > 0 ? static_cast<size_t>(got) : 0));
    port.FlushFully();
  } while (got > 0);
  close(fd);
}

void SendStatus(Port& port, int32_t status) {
  port.Send(FrameType::kExit, 0,
            std::string(reinterpret_cast<const char*>(&status), sizeof(status)));
  port.FlushFully();
}

[[noreturn]] void Main() {
  PrepareGuest();
  BecomeRealTime();
  const GuestCommand command = ReadCommand();
  Port port;
  port.Send(FrameType::kHello, 0, "");
  const int signals = ChildSignals();
  const int status = Supervisor(port, StartChild(command), signals).RunToEnd();
  for (size_t i = 0; i < command.fetch.size(); ++i) {
    SendFile(port, static_cast<uint8_t>(i), command.fetch[i]);
  }
  SendStatus(port, status);
  for (;;) pause();
}

}  // namespace
}  // namespace scxx::vm

int main() { scxx::vm::Main(); }
