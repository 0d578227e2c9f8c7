// SPDX-License-Identifier: Apache-2.0
// A waiting period is over, and its word does not say so.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/custody.h"

#define custody_take(custody, word, to) ((void)(custody), (void)(word), (void)(to), true)

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable CustodyNotTaken() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
