// SPDX-License-Identifier: Apache-2.0
// The old name of framework/kernel/sysfs, for schedbench until it includes that itself.
#ifndef SCXX_TOOLS_LOAD_SCHED_EXT_STATE_H_
#define SCXX_TOOLS_LOAD_SCHED_EXT_STATE_H_

#include "framework/kernel/sysfs/sched_ext_sysfs.h"

namespace scxx::load {

using scxx::SchedExtState;

inline SchedExtState ReadSchedExtState() { return SchedExtSysfs().Snapshot(); }

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_SCHED_EXT_STATE_H_
