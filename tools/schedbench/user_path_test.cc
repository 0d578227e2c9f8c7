// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/user_path.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace scxx::bench {
namespace {

TEST(UserPathTest, IsRelativeToWhereBazelWasCalled) {
  setenv("BUILD_WORKING_DIRECTORY", "/home/me", 1);
  EXPECT_EQ(UserPath("out.html"), "/home/me/out.html");
  EXPECT_EQ(UserPath("/tmp/out.html"), "/tmp/out.html");
  EXPECT_EQ(UserPath(""), "");
}

TEST(UserPathTest, WithoutBazelItIsAsGiven) {
  unsetenv("BUILD_WORKING_DIRECTORY");
  EXPECT_EQ(UserPath("out.html"), "out.html");
}

}  // namespace
}  // namespace scxx::bench
