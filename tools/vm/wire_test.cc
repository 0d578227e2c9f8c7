// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "tools/vm/wire.h"

namespace scxx::vm {
namespace {

TEST(FrameReaderTest, FindsTheSameFramesHoweverTheStreamIsCut) {
  const std::string binary("\0\1\2\xff", 4);
  const std::string stream = EncodeFrame(FrameType::kHello, 0, "") +
                             EncodeFrame(FrameType::kOutput, 2, binary) +
                             EncodeFrame(FrameType::kExit, 0, "done");
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    FrameReader reader;
    std::string seen;
    for (size_t at = 0; at < stream.size(); at += piece) {
      const std::string part = stream.substr(at, piece);
      reader.Append(part.data(), part.size());
      while (const std::optional<Frame> frame = reader.Next()) {
        seen += EncodeFrame(frame->type, frame->arg, frame->payload);
      }
    }
    EXPECT_EQ(seen, stream) << piece;
  }
}

TEST(FrameReaderTest, HasNothingBeforeAFrameIsComplete) {
  const std::string frame = EncodeFrame(FrameType::kOutput, 1, "abc");
  FrameReader reader;
  reader.Append(frame.data(), frame.size() - 1);
  EXPECT_FALSE(reader.Next().has_value());
  reader.Append(frame.data() + frame.size() - 1, 1);
  EXPECT_EQ(reader.Next()->payload, "abc");
}

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
