// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/session.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace scxx::vm {
namespace {

using std::chrono::steady_clock;

// Output that our reader has not taken; more, and the guest waits.
constexpr size_t kMaxQueued = 1 << 20;

// How long the command may take to end after SIGTERM or SIGHUP: whoever sends these sends SIGKILL
// soon.
constexpr std::chrono::seconds kGrace(10);

enum class ReadResult { kSome, kNothing, kEnd };

ReadResult ReadSome(int fd, std::string& bytes) {
  bytes.resize(64 * 1024);
  const ssize_t got = read(fd, bytes.data(), bytes.size());
  const bool again = got < 0 && (errno == EAGAIN || errno == EINTR);
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return got > 0 ? ReadResult::kSome : again ? ReadResult::kNothing : ReadResult::kEnd;
}

ExitStatus FromWaitStatus(const std::string& payload) {
  int32_t status = 0;
  std::memcpy(&status, payload.data(), std::min(payload.size(), sizeof(status)));
  return ExitStatus::FromWaitStatus(status);
}

int MillisecondsUntil(SteadyTime when) {
  if (when == SteadyTime::max()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(when - steady_clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 1'000'000));
}

}  // namespace

BootSession::BootSession(QemuProcess& qemu, const SessionContext& context, SteadyTime boot_deadline,
                         SteadyTime deadline)
    : qemu_(qemu),
      context_(context),
      boot_deadline_(boot_deadline),
      deadline_(deadline),
      stop_deadline_(SteadyTime::max()) {}

Outcome BootSession::Run() {
  while (!outcome_.has_value()) Turn();
  ReadConsole();
  ReadComplaints();
  outcome_->complaints = complaints_;
  return *outcome_;
}

void BootSession::Turn() {
  const bool take = context_.unlimited_output || context_.output.size() < kMaxQueued;
  pollfd fds[] = {{take ? qemu_.port() : -1, POLLIN, 0},  {qemu_.console(), POLLIN, 0},
                  {qemu_.complaints(), POLLIN, 0},        {context_.signals.fd(), POLLIN, 0},
                  {context_.output.NextFd(), POLLOUT, 0}, {qemu_.monitor(), POLLIN, 0}};
  poll(fds, std::size(fds), MillisecondsUntil(NextDeadline()));
  if (fds[3].revents) TakeSignal();
  if (fds[1].revents) ReadConsole();
  if (fds[2].revents) ReadComplaints();
  if (fds[0].revents) ReadPort();
  if (fds[4].revents) WriteOutput();
  if (fds[5].revents) ReadMonitor();
  CheckTime();
}

SteadyTime BootSession::NextDeadline() const {
  return std::min({deadline_, stop_deadline_, ready_ ? SteadyTime::max() : boot_deadline_});
}

void BootSession::CheckTime() {
  if (outcome_.has_value()) return;
  const SteadyTime now = steady_clock::now();
  if (now >= stop_deadline_) outcome_ = {End::kStopped, {0, stopped_by_}, ""};
  if (now >= deadline_) outcome_ = {End::kTimedOut, {}, ""};
  if (now >= boot_deadline_ && !ready_) outcome_ = {End::kNeverReady, {}, ""};
}

void BootSession::TakeSignal() {
  const int number = context_.signals.Take();
  if (number == 0) return;
  const bool at_once = !ready_ || stopped_by_ != 0;
  stopped_by_ = number;
  if (at_once) {
    stop_deadline_ = SteadyTime::min();
    return;
  }
  Send(FrameType::kSignal, number);
  if (number == SIGTERM || number == SIGHUP) stop_deadline_ = steady_clock::now() + kGrace;
}

void BootSession::ReadPort() {
  std::string bytes;
  const ReadResult result = ReadSome(qemu_.port(), bytes);
  reader_.Append(bytes.data(), bytes.size());
  for (std::optional<Frame> frame; (frame = reader_.Next());) Handle(*frame);
  if (result == ReadResult::kEnd) MachineEnded();
}

void BootSession::Handle(const Frame& frame) {
  switch (frame.type) {
    case FrameType::kHello:
      ready_ = true;
      break;
    case FrameType::kOutput:
      context_.output.Push(frame.arg == 1 ? STDOUT_FILENO : STDERR_FILENO, frame.payload);
      break;
    case FrameType::kFile:
      context_.files.Append(frame.arg, frame.payload);
      break;
    case FrameType::kExit:
      outcome_ = {End::kExited, FromWaitStatus(frame.payload), ""};
      break;
    default:
      break;
  }
}

void BootSession::MachineEnded() {
  if (!outcome_.has_value()) outcome_ = {ready_ ? End::kFailed : End::kNeverReady, {}, ""};
}

void BootSession::ReadConsole() {
  std::string bytes;
  while (ReadSome(qemu_.console(), bytes) == ReadResult::kSome) context_.console.Append(bytes);
}

// A KVM that cannot run the guest leaves QEMU standing still; it says so, and no time need be lost.
void BootSession::ReadComplaints() {
  std::string bytes;
  while (ReadSome(qemu_.complaints(), bytes) == ReadResult::kSome) complaints_ += bytes;
  if (absl::StrContains(complaints_, "KVM internal error")) MachineEnded();
}

void BootSession::ReadMonitor() {
  std::string bytes;
  ReadSome(qemu_.monitor(), bytes);
  const std::string answer = monitor_.Answer(bytes);
  (void)!send(qemu_.monitor(), answer.data(), answer.size(), MSG_NOSIGNAL);
}

void BootSession::WriteOutput() {
  const int closed = context_.output.WriteSome();
  if (closed >= 0) Send(FrameType::kCloseOutput, closed);
}

// Eight bytes, a few times in a life: they fit the socket's buffer.
void BootSession::Send(FrameType type, int arg) {
  const std::string bytes = EncodeFrame(type, static_cast<uint8_t>(arg), "");
  (void)!send(qemu_.port(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace scxx::vm
