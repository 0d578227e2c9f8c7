// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/init/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "tools/vm/init/die.h"

namespace scxx::vm {
namespace {

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

}  // namespace

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

}  // namespace scxx::vm
