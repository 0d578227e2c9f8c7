// SPDX-License-Identifier: Apache-2.0
#include "tools/load/task.h"

#include "tools/load/clock.h"

namespace scxx::load {
namespace {

void RaiseTo(std::atomic<Nanos>& maximum, Nanos value) {
  if (value > maximum.load(std::memory_order_relaxed)) {
    maximum.store(value, std::memory_order_relaxed);
  }
}

}  // namespace

Instant Task::Progress(int64_t ops) {
  Count(ops);
  const Instant now = Now();
  RaiseTo(slot_.max_gap, now - slot_.last.load(kRelaxed));
  RaiseTo(slot_.max_wait, now - slot_.due.load(kRelaxed));
  slot_.last.store(now, kRelaxed);
  slot_.due.store(now, kRelaxed);
  return now;
}

}  // namespace scxx::load
