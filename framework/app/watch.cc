// SPDX-License-Identifier: Apache-2.0
#include "framework/app/watch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "framework/app/stop_signals.h"
#include "framework/base/process/signals.h"

namespace scxx {
namespace {

// Not what ErrnoToStatus makes of EAGAIN, after which a session would try again.
absl::Status Exhausted(int error, absl::string_view what, absl::string_view cure) {
  const std::string problem(absl::ErrnoToStatus(error, what).message());
  return absl::ResourceExhaustedError(absl::StrCat(problem, ": ", cure));
}

absl::Status Own(int fd, OwnedFd& owner) {
  owner = OwnedFd(fd);
  if (owner.ok()) return absl::OkStatus();
  return Exhausted(errno, "cannot wait for signals",
                   "raise the limit of open files (`ulimit -n`, or LimitNOFILE= of the service)");
}

int MakeSignalFd() {
  const sigset_t set = StopSignalSet();
  return signalfd(-1, &set, SFD_CLOEXEC);
}

absl::Status OwnTimer(OwnedFd& owner) {
  return Own(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), owner);
}

// Readable after `delay`, and then every `period`.
void SetTimer(int fd, absl::Duration delay, absl::Duration period) {
  itimerspec timer = {};
  // Zero would disarm it.
  timer.it_value = absl::ToTimespec(std::max(delay, absl::Nanoseconds(1)));
  timer.it_interval = absl::ToTimespec(period);
  timerfd_settime(fd, 0, &timer, nullptr);
}

void Drain(int fd) {
  uint64_t ignored;
  [[maybe_unused]] ssize_t n = read(fd, &ignored, sizeof(ignored));
}

}  // namespace

absl::string_view Describe(StopReason reason) {
  switch (reason) {
    case StopReason::kSignal:
      return "a signal";
    case StopReason::kDuration:
      return "the end of --duration";
    case StopReason::kOutputClosed:
      return "its output was closed";
    case StopReason::kNone:
      break;
  }
  return "nothing";
}

bool EndsWithOutput(const std::string& tty) {
  if (IsIgnored(SIGHUP)) return false;
  const int terminal = open(tty.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) return false;
  const bool foreground = tcgetpgrp(terminal) == getpgrp();
  close(terminal);
  return foreground;
}

absl::StatusOr<std::unique_ptr<Watch>> Watch::Start(const WatchOptions& options,
                                                    std::function<void()> tick,
                                                    std::function<void()> stop) {
  std::unique_ptr<Watch> watch(new Watch(options, std::move(tick), std::move(stop)));
  if (absl::Status status = watch->OpenDescriptors(); !status.ok()) return status;
  if (absl::Status status = watch->StartThread(); !status.ok()) return status;
  return watch;
}

Watch::Watch(const WatchOptions& options, std::function<void()> tick, std::function<void()> stop)
    : tick_(std::move(tick)), stop_(std::move(stop)), options_(options) {}

absl::Status Watch::OpenDescriptors() {
  absl::Status status = Own(MakeSignalFd(), signal_fd_);
  status.Update(Own(eventfd(0, EFD_CLOEXEC), finish_fd_));
  if (options_.interval > absl::ZeroDuration()) status.Update(OwnTimer(tick_fd_));
  if (options_.duration == absl::InfiniteDuration()) return status;
  status.Update(OwnTimer(deadline_fd_));
  SetTimer(deadline_fd_.get(), options_.duration, absl::ZeroDuration());
  return status;
}

// Not std::thread, which throws.
absl::Status Watch::StartThread() {
  const auto run = [](void* watch) -> void* {
    static_cast<Watch*>(watch)->Run();
    return nullptr;
  };
  const int error = pthread_create(&thread_, nullptr, run, this);
  running_ = error == 0;
  if (running_) return absl::OkStatus();
  return Exhausted(error, "cannot start a second thread",
                   "raise the limit of processes (`ulimit -u`, or TasksMax= of the service)");
}

void Watch::StartTicks() {
  if (tick_fd_.ok()) SetTimer(tick_fd_.get(), options_.interval, options_.interval);
}

void Watch::Finish() {
  if (!running_) return;
  const uint64_t one = 1;
  [[maybe_unused]] ssize_t n = write(finish_fd_.get(), &one, sizeof(one));
  pthread_join(thread_, nullptr);
  running_ = false;
}

void Watch::Run() {
  enum { kFinish, kSignal, kDeadline, kTick, kOut, kCount };
  // No events asked for on the output: errors and hang-ups are reported anyway.
  pollfd fds[kCount] = {{finish_fd_.get(), POLLIN, 0},
                        {signal_fd_.get(), POLLIN, 0},
                        {deadline_fd_.get(), POLLIN, 0},
                        {tick_fd_.get(), POLLIN, 0},
                        {options_.out_fd, 0, 0}};
  while (fds[kFinish].revents == 0) {
    poll(fds, kCount, -1);
    if (fds[kSignal].revents != 0) OnSignal();
    if (fds[kTick].revents != 0) {
      Drain(tick_fd_.get());
      tick_();
    }
    if (fds[kDeadline].revents != 0) {
      fds[kDeadline].fd = -1;
      Stop(StopReason::kDuration);
    }
    if (fds[kOut].revents != 0) {
      fds[kOut].fd = -1;
      Stop(StopReason::kOutputClosed);
    }
  }
}

void Watch::OnSignal() {
  signalfd_siginfo info = {};
  if (read(signal_fd_.get(), &info, sizeof(info)) != sizeof(info)) return;
  if (reason_ == StopReason::kSignal) _exit(128 + static_cast<int>(info.ssi_signo));
  if (reason_ == StopReason::kNone) return Stop(StopReason::kSignal);
  reason_ = StopReason::kSignal;
}

void Watch::Stop(StopReason reason) {
  if (reason_ != StopReason::kNone) return;
  reason_ = reason;
  stop_();
}

}  // namespace scxx
