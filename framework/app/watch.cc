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
#include <cstdint>
#include <utility>

#include "framework/app/stop_signals.h"
#include "framework/base/process/signals.h"

namespace scxx {
namespace {

int MakeSignalFd() {
  const sigset_t set = StopSignalSet();
  return signalfd(-1, &set, SFD_CLOEXEC);
}

// Readable after `delay`, and then every `period`; -1 if never.
int MakeTimerFd(absl::Duration delay, absl::Duration period) {
  if (delay == absl::InfiniteDuration()) return -1;
  itimerspec timer = {};
  // Zero would disarm it.
  timer.it_value = absl::ToTimespec(std::max(delay, absl::Nanoseconds(1)));
  timer.it_interval = absl::ToTimespec(period);
  const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  timerfd_settime(fd, 0, &timer, nullptr);
  return fd;
}

int MakeTickFd(absl::Duration interval) {
  return interval > absl::ZeroDuration() ? MakeTimerFd(interval, interval) : -1;
}

void Drain(int fd) {
  uint64_t ignored;
  [[maybe_unused]] ssize_t n = read(fd, &ignored, sizeof(ignored));
}

void CloseIfOpen(int fd) {
  if (fd >= 0) close(fd);
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

Watch::Watch(const WatchOptions& options, std::function<void()> tick, std::function<void()> stop)
    : tick_(std::move(tick)),
      stop_(std::move(stop)),
      out_fd_(options.out_fd),
      signal_fd_(MakeSignalFd()),
      tick_fd_(MakeTickFd(options.interval)),
      deadline_fd_(MakeTimerFd(options.duration, absl::ZeroDuration())),
      finish_fd_(eventfd(0, EFD_CLOEXEC)),
      thread_(&Watch::Run, this) {}

void Watch::Finish() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  [[maybe_unused]] ssize_t n = write(finish_fd_, &one, sizeof(one));
  thread_.join();
  for (int fd : {signal_fd_, tick_fd_, deadline_fd_, finish_fd_}) CloseIfOpen(fd);
}

void Watch::Run() {
  enum { kFinish, kSignal, kDeadline, kTick, kOut, kCount };
  // No events asked for on the output: errors and hang-ups are reported anyway.
  pollfd fds[kCount] = {{finish_fd_, POLLIN, 0},
                        {signal_fd_, POLLIN, 0},
                        {deadline_fd_, POLLIN, 0},
                        {tick_fd_, POLLIN, 0},
                        {out_fd_, 0, 0}};
  while (fds[kFinish].revents == 0) {
    poll(fds, kCount, -1);
    if (fds[kSignal].revents != 0) OnSignal();
    if (fds[kTick].revents != 0) {
      Drain(tick_fd_);
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
  if (read(signal_fd_, &info, sizeof(info)) != sizeof(info)) return;
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
