// SPDX-License-Identifier: Apache-2.0
// An event ring takes one event more than it holds.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/rings.h"

#define event_push(tail, head, ring, mask, slot_kind, count, now)                          \
  (sx_read(tail) - sx_read(head) == (mask) + 1                                             \
       ? ((ring)[sx_read(tail) & (mask)] = {slot_kind, count, now}, sx_add(tail, 1), true) \
       : event_push(tail, head, ring, mask, slot_kind, count, now))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> EventRingOverrun(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
