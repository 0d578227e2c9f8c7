// SPDX-License-Identifier: Apache-2.0
//
// Stands in for QEMU and its guest, so that the host's side is tested in milliseconds and in any
// state. Takes QEMU's command line, and does what $FAKE_QEMU says, one step after the other,
// separated by ';':
//
//   console:TEXT complain:TEXT hello out:TEXT err:TEXT file:TEXT exit:STATUS
//                 say something to the host
//   expect        wait for a frame from the host and write it to standard error, like "signal 2"
//   hang          do nothing any more
//
// and ends. $FAKE_QEMU_BOOTS names a file that grows by one byte at each start.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tools/vm/wire.h"

namespace scxx::vm {
namespace {

std::string Env(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void WriteAll(int fd, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = write(fd, bytes.data() + done, bytes.size() - done);
    if (wrote <= 0) std::exit(3);
    done += static_cast<size_t>(wrote);
  }
}

// The descriptor in an argument like "socket,id=port,fd=7".
int FdOf(const std::vector<std::string>& args, const std::string& chardev) {
  const std::string prefix = absl::StrCat("socket,id=", chardev, ",fd=");
  for (const std::string& arg : args) {
    int fd;
    if (absl::StartsWith(arg, prefix) && absl::SimpleAtoi(arg.substr(prefix.size()), &fd))
      return fd;
  }
  std::exit(4);
}

class FakeMachine {
 public:
  explicit FakeMachine(const std::vector<std::string>& args)
      : port_(FdOf(args, "port")), console_(FdOf(args, "console")) {}

  void Do(const std::string& step) {
    const std::vector<std::string> parts = absl::StrSplit(step, absl::MaxSplits(':', 1));
    const std::string& what = parts[0];
    const std::string text = parts.size() == 2 ? parts[1] : "";
    if (what == "console") WriteAll(console_, text);
    if (what == "complain") WriteAll(STDERR_FILENO, text);
    if (what == "hello") Send(FrameType::kHello, 0, "");
    if (what == "out") Send(FrameType::kOutput, 1, text);
    if (what == "err") Send(FrameType::kOutput, 2, text);
    if (what == "file") Send(FrameType::kFile, 0, text);
    if (what == "exit") SendStatus(text);
    if (what == "expect") Expect();
    if (what == "hang") Hang();
  }

 private:
  void Send(FrameType type, uint8_t arg, const std::string& payload) {
    WriteAll(port_, EncodeFrame(type, arg, payload));
  }

  void SendStatus(const std::string& text) {
    int32_t status = 0;
    if (!absl::SimpleAtoi(text, &status)) std::exit(5);
    Send(FrameType::kExit, 0, std::string(reinterpret_cast<char*>(&status), sizeof(status)));
    Hang();  // As a guest does: the host ends the machine.
  }

  void Expect() {
    std::optional<Frame> frame;
    while (!(frame = reader_.Next())) {
      char byte;
      if (read(port_, &byte, 1) != 1) std::exit(6);
      reader_.Append(&byte, 1);
    }
    const char* what = frame->type == FrameType::kSignal ? "signal " : "close ";
    Send(FrameType::kOutput, 2, absl::StrCat(what, static_cast<int>(frame->arg), "\n"));
  }

  [[noreturn]] void Hang() {
    for (;;) pause();
  }

  const int port_, console_;
  FrameReader reader_;
};

void CountBoot() {
  const std::string path = Env("FAKE_QEMU_BOOTS");
  if (!path.empty()) WriteAll(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644), ".");
}

}  // namespace
}  // namespace scxx::vm

int main(int argc, char** argv) {
  scxx::vm::CountBoot();
  scxx::vm::FakeMachine machine(std::vector<std::string>(argv, argv + argc));
  const std::vector<std::string> steps = absl::StrSplit(scxx::vm::Env("FAKE_QEMU"), ';');
  for (const std::string& step : steps) machine.Do(step);
}
