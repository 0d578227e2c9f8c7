// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/wire.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

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

}  // namespace
}  // namespace scxx::vm
