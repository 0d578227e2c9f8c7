// SPDX-License-Identifier: Apache-2.0

#include "docs/examples/join_sched_ext.h"

#include <errno.h>

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(JoinSchedExt, SaysWhetherTheKernelHasTheClass) {
  errno = 0;
  const bool joined = JoinSchedExt();
  const int error = errno;
  EXPECT_EQ(sched_getscheduler(0), joined ? 7 : SCHED_OTHER);
  EXPECT_TRUE(joined || error == EINVAL) << error;
}

}  // namespace
}  // namespace scxx
