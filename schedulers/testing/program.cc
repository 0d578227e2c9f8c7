// SPDX-License-Identifier: Apache-2.0
#include "schedulers/testing/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace scxx {
namespace {

[[noreturn]] void Become(const std::vector<std::string>& command, int out_fd, int err_fd) {
  dup2(out_fd, STDOUT_FILENO);
  dup2(err_fd, STDERR_FILENO);
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

// Appends what comes next. False at the end.
bool ReadSome(int fd, std::string* text) {
  char buffer[4096];
  const ssize_t n = read(fd, buffer, sizeof(buffer));
  if (n > 0) text->append(buffer, n);
  return n > 0;
}

void ReadAll(int fd, std::string* text) {
  while (ReadSome(fd, text)) {
  }
}

}  // namespace

Program::Program(const std::vector<std::string>& command, const std::function<void()>& prepare) {
  int out[2], err[2];
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) abort();
  pid_ = fork();
  if (pid_ == 0) {
    prepare();
    Become(command, out[1], err[1]);
  }
  close(out[1]);
  close(err[1]);
  out_fd_ = out[0];
  err_fd_ = err[0];
}

Program::~Program() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  CloseOutput();
  close(err_fd_);
}

bool Program::WaitForOutput(const std::string& text) {
  while (out_.find(text) == std::string::npos) {
    if (!ReadSome(out_fd_, &out_)) return false;
  }
  return true;
}

void Program::CloseOutput() {
  if (out_fd_ >= 0) close(out_fd_);
  out_fd_ = -1;
}

void Program::Signal(int signal) const { kill(pid_, signal); }

int Program::Wait() {
  if (out_fd_ >= 0) ReadAll(out_fd_, &out_);
  ReadAll(err_fd_, &err_);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string Program::LastLine() const {
  const size_t end = out_.find_last_not_of('\n');
  if (end == std::string::npos) return "";
  const size_t begin = out_.find_last_of('\n', end);
  return out_.substr(begin + 1, end - begin);
}

}  // namespace scxx
