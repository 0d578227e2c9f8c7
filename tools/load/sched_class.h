// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_LOAD_SCHED_CLASS_H_
#define SCXX_TOOLS_LOAD_SCHED_CLASS_H_

#include <sched.h>

#include "framework/base/units.h"

namespace scxx::load {

// glibc has no name for it.
inline constexpr int kSchedDeadline = 6;

struct SchedClass {
  int policy = SCHED_OTHER;
  int priority = 0;            // of SCHED_FIFO and SCHED_RR, 1 to 99
  Nanos runtime = Millis(80);  // of SCHED_DEADLINE, in each period
  Nanos period = Millis(100);
};

// Puts the calling task into it. False when the kernel refused, as it does with a deadline task
// that may not use every CPU.
bool JoinSchedClass(const SchedClass& sched_class);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_SCHED_CLASS_H_
