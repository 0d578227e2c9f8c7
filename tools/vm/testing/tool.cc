// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/testing/tool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tools/vm/locate.h"

namespace scxx::vm {
namespace {

struct Pipe {
  OwnedFd read_end, write_end;
};

Pipe MakePipe() {
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  return {OwnedFd(ends[0]), OwnedFd(ends[1])};
}

std::string NewFolder() {
  std::string path = ::testing::TempDir() + "/tool.XXXXXX";
  EXPECT_NE(mkdtemp(path.data()), nullptr);
  return path;
}

[[noreturn]] void Execute(const std::vector<std::string>& args,
                          const std::vector<std::string>& env) {
  for (const std::string& variable : env) putenv(const_cast<char*>(variable.c_str()));
  std::vector<char*> argv;
  for (const std::string& arg : args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(99);
}

// False at the end of the stream.
bool ReadMore(OwnedFd& pipe, std::string& seen) {
  char chunk[4096];
  const ssize_t got = read(pipe.get(), chunk, sizeof(chunk));
  if (got <= 0) {
    pipe.Close();
    return false;
  }
  seen.append(chunk, static_cast<size_t>(got));
  return true;
}

}  // namespace

Tool::Tool(const std::vector<std::string>& args, const std::vector<std::string>& env)
    : temporary_(NewFolder()) {
  std::vector<std::string> command = {FindVm().value()};
  command.insert(command.end(), args.begin(), args.end());
  std::vector<std::string> variables = env;
  variables.push_back("TMPDIR=" + temporary_);
  Pipe out = MakePipe(), err = MakePipe(), alive = MakePipe();
  pid_ = fork();
  if (pid_ == 0) {
    setpgid(0, 0);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(out.write_end.get(), STDOUT_FILENO);
    dup2(err.write_end.get(), STDERR_FILENO);
    fcntl(alive.write_end.get(), F_SETFD, 0);
    Execute(command, variables);
  }
  out_pipe_ = std::move(out.read_end);
  err_pipe_ = std::move(err.read_end);
  alive_pipe_ = std::move(alive.read_end);
}

Tool::~Tool() {
  if (pid_ > 0) Signal(SIGKILL), Wait();
}

bool Tool::WaitFor(OwnedFd& pipe, std::string& seen, const std::string& text) {
  while (seen.find(text) == std::string::npos) {
    if (!ReadMore(pipe, seen)) return false;
  }
  return true;
}

void Tool::Signal(int number) { kill(pid_, number); }

int Tool::Wait() {
  while (out_pipe_.ok() || err_pipe_.ok()) {
    pollfd fds[] = {{out_pipe_.get(), POLLIN, 0}, {err_pipe_.get(), POLLIN, 0}};
    poll(fds, std::size(fds), -1);
    if (fds[0].revents) ReadMore(out_pipe_, out_);
    if (fds[1].revents) ReadMore(err_pipe_, err_);
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void Tool::WaitUntilNothingIsLeft() {
  char byte;
  EXPECT_EQ(read(alive_pipe_.get(), &byte, 1), 0);
}

int Tool::TemporaryFiles() const {
  using Iterator = std::filesystem::recursive_directory_iterator;
  return static_cast<int>(std::distance(Iterator(temporary_), Iterator()));
}

}  // namespace scxx::vm
