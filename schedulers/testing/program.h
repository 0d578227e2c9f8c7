// SPDX-License-Identifier: Apache-2.0
//
// A scheduler program as a child process, for tests that run as root on a kernel of their own.
//
//   Program program({"/bin/fifo", "--backend=kernel"});
//   ASSERT_TRUE(program.WaitForOutput("attached to Linux"));
//   program.Signal(SIGINT);
//   EXPECT_EQ(program.Wait(), 0);
//
// Killed by the destructor if it still runs. One thread.

#ifndef SCXX_SCHEDULERS_TESTING_PROGRAM_H_
#define SCXX_SCHEDULERS_TESTING_PROGRAM_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "framework/base/process/process.h"

namespace scxx {

class Program {
 public:
  // `prepare` runs in the child, before the program.
  explicit Program(
      const std::vector<std::string>& command, const std::function<void()>& prepare = [] {});

  pid_t pid() const { return process_.pid(); }

  // Reads standard output until `text` has come. False if the output ends before.
  bool WaitForOutput(const std::string& text);
  // Nobody reads its standard output any more.
  void CloseOutput() { out_pipe_.Close(); }
  void Signal(int signal) const { process_.Signal(signal); }
  // Its exit status, or 128 + the signal that ended it. Reads out() and err() to their ends.
  int Wait();

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }
  // The last line of out().
  std::string LastLine() const;

 private:
  Process process_;
  OwnedFd out_pipe_;
  OwnedFd err_pipe_;
  std::string out_;
  std::string err_;
};

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_TESTING_PROGRAM_H_
