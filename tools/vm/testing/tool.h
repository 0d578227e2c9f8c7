// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_TESTING_TOOL_H_
#define SCXX_TOOLS_VM_TESTING_TOOL_H_

#include <string>
#include <vector>

#include "framework/base/process/process.h"

namespace scxx::vm {

// The vm tool as a test runs it: in a process group of its own, standard input from /dev/null,
// output caught.
class Tool {
 public:
  // `env` is added to this process's, as NAME=VALUE.
  Tool(const std::vector<std::string>& args, const std::vector<std::string>& env);

  // Reads what it writes until `text` has been written. False when it ended before.
  bool WaitForOut(const std::string& text) { return WaitFor(out_pipe_, out_, text); }
  bool WaitForErr(const std::string& text) { return WaitFor(err_pipe_, err_, text); }

  void Signal(int number) { process_.Signal(number); }
  void CloseOut() { out_pipe_.Close(); }

  // Reads all it writes and waits for its end. Its exit code, or minus the signal that killed it.
  int Wait();

  // After the end: all that it wrote.
  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

  // Waits until no process that it started is left.
  void WaitUntilNothingIsLeft();

  // Files in the folder it was given for temporary ones.
  int TemporaryFiles() const;

 private:
  static bool WaitFor(OwnedFd& pipe, std::string& seen, const std::string& text);

  Process process_;
  OwnedFd out_pipe_, err_pipe_;
  OwnedFd alive_pipe_;  // Open for writing in it and in all that it starts.
  std::string out_, err_;
  std::string temporary_;
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_TESTING_TOOL_H_
