// SPDX-License-Identifier: Apache-2.0
//
// What kernel tests keep asking.

#ifndef SCXX_TESTS_KERNEL_KERNEL_MATCHERS_H_
#define SCXX_TESTS_KERNEL_KERNEL_MATCHERS_H_

#include <string>

#include "framework/channel/dispatcher_stats.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "gtest/gtest.h"
#include "tests/kernel/agent_process.h"

namespace scxx {

// Every task that went into user custody came out of it, and no record was nonsense.
inline void ExpectBalanced(const DispatcherStats& stats) {
  EXPECT_EQ(stats.InCustody(), 0) << "queued " << stats[SCXX_CNT_QUEUED] << " dispatched "
                                  << stats[SCXX_CNT_DISPATCHED] << " cancelled "
                                  << stats[SCXX_CNT_CANCELLED] << " reclaimed "
                                  << stats[SCXX_CNT_RECLAIMED] << " gone " << stats[SCXX_CNT_GONE];
  EXPECT_EQ(stats[SCXX_CNT_BAD_RECORD], 0u);
}

// It ended because it was asked to, with nothing lost, and the kernel has its own scheduler back.
inline void ExpectCleanEnd(const AgentOutcome& outcome) {
  EXPECT_TRUE(outcome.reported);
  EXPECT_EQ(outcome.report.kind, static_cast<uint64_t>(ExitKind::kUnregistered))
      << outcome.report.ToString();
  EXPECT_EQ(outcome.page_faults, 0);
  ExpectBalanced(outcome.stats);
  EXPECT_EQ(SchedExtSysfs().State(), "disabled");
}

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_KERNEL_MATCHERS_H_
