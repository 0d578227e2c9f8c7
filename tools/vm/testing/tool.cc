// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/testing/tool.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "framework/app/vm/locate.h"
#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

std::string NewFolder() {
  std::string path = ::testing::TempDir() + "/tool.XXXXXX";
  EXPECT_NE(mkdtemp(path.data()), nullptr);
  return path;
}

// False at the end of the stream.
bool ReadOn(OwnedFd& pipe, std::string& seen) {
  if (ReadMore(pipe.get(), seen)) return true;
  pipe.Close();
  return false;
}

}  // namespace

Tool::Tool(const std::vector<std::string>& args, const std::vector<std::string>& env)
    : temporary_(NewFolder()) {
  PipeEnds out = MakePipe().value(), err = MakePipe().value(), alive = MakePipe().value();
  Command command = {.args = {FindVm().value()},
                     .env = env,
                     .in = Command::kNull,
                     .out = out.write_end.get(),
                     .err = err.write_end.get(),
                     .keep = {alive.write_end.get()},
                     .own_group = true};
  command.args.insert(command.args.end(), args.begin(), args.end());
  command.env.push_back("TMPDIR=" + temporary_);
  process_ = Process::Start(command).value();
  out_pipe_ = std::move(out.read_end);
  err_pipe_ = std::move(err.read_end);
  alive_pipe_ = std::move(alive.read_end);
}

bool Tool::WaitFor(OwnedFd& pipe, std::string& seen, const std::string& text) {
  while (seen.find(text) == std::string::npos) {
    if (!ReadOn(pipe, seen)) return false;
  }
  return true;
}

int Tool::Wait() {
  while (out_pipe_.ok() || err_pipe_.ok()) {
    pollfd fds[] = {{out_pipe_.get(), POLLIN, 0}, {err_pipe_.get(), POLLIN, 0}};
    poll(fds, std::size(fds), -1);
    if (fds[0].revents) ReadOn(out_pipe_, out_);
    if (fds[1].revents) ReadOn(err_pipe_, err_);
  }
  const ExitStatus status = process_.Wait();
  return status.signal != 0 ? -status.signal : status.code;
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
