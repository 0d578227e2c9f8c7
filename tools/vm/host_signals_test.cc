// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/host_signals.h"

#include <signal.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

TEST(HostSignals, AreTakenFromTheDescriptor) {
  signal(SIGTERM, SIG_DFL);
  HostSignals signals;
  EXPECT_EQ(signals.Take(), 0);
  kill(getpid(), SIGTERM);
  EXPECT_EQ(signals.Take(), SIGTERM);
}

TEST(HostSignals, WhatIsIgnoredStaysIgnored) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    signal(number, SIG_IGN);
    HostSignals signals;
    kill(getpid(), number);
    EXPECT_EQ(signals.Take(), 0);
    signal(number, SIG_DFL);
  }
}

}  // namespace
}  // namespace scxx::vm
