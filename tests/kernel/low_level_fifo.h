// SPDX-License-Identifier: Apache-2.0
//
// The example of framework/lowlevel/bpf_scheduler.h, complete: a FIFO on the low-level API.

#ifndef SCXX_TESTS_KERNEL_LOW_LEVEL_FIFO_H_
#define SCXX_TESTS_KERNEL_LOW_LEVEL_FIFO_H_

#include <iostream>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "framework/lowlevel/bpf_scheduler.h"

namespace scxx {

inline absl::Status RunLowLevelFifo() {
  absl::StatusOr<std::unique_ptr<BpfScheduler>> scheduler = BpfScheduler::Create({.name = "mine"});
  if (!scheduler.ok()) return scheduler.status();  // one line, with the cure
  BpfScheduler& bpf = **scheduler;
  std::vector<QueuedTask> batch(256);
  while (!bpf.exited()) {
    size_t n = bpf.DequeueTasks(absl::MakeSpan(batch));
    for (size_t i = 0; i < n; ++i) bpf.DispatchTask(DispatchedTask(batch[i]));
    bpf.NotifyComplete(0);  // nothing left: wait for more
  }
  std::cerr << bpf.ShutdownAndReport().ToString();
  return absl::OkStatus();
}

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_LOW_LEVEL_FIFO_H_
