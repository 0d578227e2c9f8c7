// SPDX-License-Identifier: Apache-2.0
#include "schedulers/testing/program.h"

#include <utility>

namespace scxx {
namespace {

void ReadAll(const OwnedFd& pipe, std::string& text) {
  while (ReadMore(pipe.get(), text)) {
  }
}

}  // namespace

Program::Program(const std::vector<std::string>& command, const std::function<void()>& prepare) {
  PipeEnds out = MakePipe().value(), err = MakePipe().value();
  process_ = Process::Start({.args = command,
                             .out = out.write_end.get(),
                             .err = err.write_end.get(),
                             .prepare = prepare})
                 .value();
  out_pipe_ = std::move(out.read_end);
  err_pipe_ = std::move(err.read_end);
}

bool Program::WaitForOutput(const std::string& text) {
  while (out_.find(text) == std::string::npos) {
    if (!ReadMore(out_pipe_.get(), out_)) return false;
  }
  return true;
}

int Program::Wait() {
  if (out_pipe_.ok()) ReadAll(out_pipe_, out_);
  ReadAll(err_pipe_, err_);
  return process_.Wait().ShellCode();
}

std::string Program::LastLine() const {
  const size_t end = out_.find_last_not_of('\n');
  if (end == std::string::npos) return "";
  const size_t begin = out_.find_last_of('\n', end);
  return out_.substr(begin + 1, end - begin);
}

}  // namespace scxx
