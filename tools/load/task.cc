// SPDX-License-Identifier: Apache-2.0
#include "tools/load/task.h"

namespace scxx::load {
namespace {

void RaiseTo(std::atomic<int64_t>& maximum, int64_t value) {
  if (value > maximum.load(std::memory_order_relaxed)) {
    maximum.store(value, std::memory_order_relaxed);
  }
}

}  // namespace

int64_t Task::Progress(int64_t ops) {
  Count(ops);
  const int64_t now = NowNs();
  RaiseTo(slot_.max_gap_ns, now - slot_.last_ns.load(kRelaxed));
  RaiseTo(slot_.max_wait_ns, now - slot_.due_ns.load(kRelaxed));
  slot_.last_ns.store(now, kRelaxed);
  slot_.due_ns.store(now, kRelaxed);
  return now;
}

}  // namespace scxx::load
