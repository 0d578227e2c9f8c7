// SPDX-License-Identifier: Apache-2.0
// A record for an earlier wait is honoured.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/custody.h"

#define custody_is_user(word, count) ((void)(count), custody_state(word) == SCXX_CUSTODY_USER)

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable EnqueueCountUnchecked() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
