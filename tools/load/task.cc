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

Random Task::RandomOf(uint64_t seed, size_t task) {
  Random random(seed ^ (task * 0xd1342543de82ef95ull));
  random.Next();
  return random;
}

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
