// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/program/callback_costs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"

namespace scxx {

absl::StatusOr<CallbackTimer> CallbackTimer::Start() {
  const int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
  if (fd >= 0) return CallbackTimer(fd);
  if (errno == EPERM) {
    return absl::PermissionDeniedError("BPF programs cannot be timed: run as root");
  }
  return absl::UnimplementedError("BPF programs cannot be timed: leave out --callback_costs");
}

CallbackTimer::CallbackTimer(CallbackTimer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

CallbackTimer& CallbackTimer::operator=(CallbackTimer&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

CallbackTimer::~CallbackTimer() {
  if (fd_ >= 0) close(fd_);
}

std::vector<CallbackCost> ReadCallbackCosts(const bpf_object* object) {
  std::vector<CallbackCost> costs;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) {
    bpf_prog_info info = {};
    uint32_t size = sizeof(info);
    if (bpf_prog_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0) continue;
    if (info.run_cnt == 0) continue;
    costs.push_back(
        {bpf_program__name(program), info.run_cnt, Nanos(static_cast<int64_t>(info.run_time_ns))});
  }
  return costs;
}

}  // namespace scxx
