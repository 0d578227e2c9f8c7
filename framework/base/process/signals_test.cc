// SPDX-License-Identifier: Apache-2.0
#include "framework/base/process/signals.h"

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Signals, WhatIsIgnoredIsLeftOut) {
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_DFL);
  const sigset_t set = NotIgnored({SIGINT, SIGTERM});
  EXPECT_FALSE(sigismember(&set, SIGINT));
  EXPECT_TRUE(sigismember(&set, SIGTERM));
  EXPECT_FALSE(sigismember(&set, SIGHUP));
  signal(SIGINT, SIG_DFL);
}

}  // namespace
}  // namespace scxx
