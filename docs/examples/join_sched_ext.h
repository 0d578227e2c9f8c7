// SPDX-License-Identifier: Apache-2.0
//
// How a task asks to be scheduled by a scheduler in partial mode (docs/policy_author_guide.md).

#ifndef SCXX_DOCS_EXAMPLES_JOIN_SCHED_EXT_H_
#define SCXX_DOCS_EXAMPLES_JOIN_SCHED_EXT_H_

#include <sched.h>

namespace scxx {

// This thread, and what it forks later. False, with errno, if the kernel has no such class.
inline bool JoinSchedExt() {
  constexpr int kSchedExt = 7;  // SCHED_EXT of linux/sched.h, which older C libraries do not have
  const sched_param no_priority = {};
  return sched_setscheduler(0, kSchedExt, &no_priority) == 0;
}

}  // namespace scxx

#endif  // SCXX_DOCS_EXAMPLES_JOIN_SCHED_EXT_H_
