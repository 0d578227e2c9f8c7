// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/guest_command.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

TEST(GuestCommandTest, EveryArgumentArrivesExactlyAsGiven) {
  const GuestCommand command = {{"/bin/sh", "-c", "", " a  b ", "quote's \"and\" $dollar",
                                 "line\nbreak", "-- --x=1", "\xff\x01"},
                                {"PATH=/bin", "EMPTY=", "A=b=c"},
                                {"/tmp/a b.xml"}};
  const std::optional<GuestCommand> decoded = DecodeCommand(EncodeCommand(command));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->args, command.args);
  EXPECT_EQ(decoded->env, command.env);
  EXPECT_EQ(decoded->fetch, command.fetch);
}

TEST(GuestCommandTest, EveryShorterFileIsRefused) {
  const std::string bytes = EncodeCommand({{"a", "b"}, {"C=d"}, {"/e"}});
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeCommand(bytes.substr(0, size)).has_value()) << size;
  }
}

TEST(GuestCommandTest, TrailingBytesAndNoCommandAreRefused) {
  EXPECT_FALSE(DecodeCommand(EncodeCommand({{"a"}, {}, {}}) + "x").has_value());
  EXPECT_FALSE(DecodeCommand(EncodeCommand({})).has_value());
}

}  // namespace
}  // namespace scxx::vm
