// SPDX-License-Identifier: Apache-2.0
#include "tools/load/pipe.h"

#include <gtest/gtest.h>

#include <vector>

#include "tools/load/child.h"

namespace scxx::load {
namespace {

TEST(PipeTest, CarriesAWholeMessageBetweenProcesses) {
  const auto pipe = Pipe::Create();
  ASSERT_TRUE(pipe.ok());
  const auto child = ForkChild([&] { (*pipe)->Write(std::vector<char>(Pipe::kAtomicBytes, 'x')); });
  ASSERT_TRUE(child.ok());
  std::vector<char> message(Pipe::kAtomicBytes);
  EXPECT_TRUE((*pipe)->Read(message));
  EXPECT_EQ(message, std::vector<char>(Pipe::kAtomicBytes, 'x'));
  EXPECT_EQ(Reap(*child), 0);
}

}  // namespace
}  // namespace scxx::load
