// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/guest/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>

namespace scxx::bench {
namespace {

void Redirect(int fd, const std::string& path) {
  if (path.empty()) return;
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file >= 0) dup2(file, fd);
}

}  // namespace

pid_t StartProcess(const std::vector<std::string>& command, const std::string& out,
                   const std::string& err) {
  fflush(stdout);
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  Redirect(STDOUT_FILENO, out);
  Redirect(STDERR_FILENO, err);
  execv(argv[0], argv.data());
  perror(argv[0]);
  _exit(127);
}

int ShellCode(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

int WaitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return ShellCode(status);
}

std::string LastLine(const std::string& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace scxx::bench
