// SPDX-License-Identifier: Apache-2.0
#include "framework/stats/printable.h"

#include <string>

#include "absl/strings/ascii.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Printable, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(Printable(""), "");
  EXPECT_EQ(Printable("kworker/0:1-ev \"it's\" a\\b"), "kworker/0:1-ev \"it's\" a\\b");
}

TEST(Printable, DisarmsWhatATerminalWouldObey) {
  EXPECT_EQ(Printable("a\33[2Jb\7"), "a\\033[2Jb\\007");
  EXPECT_EQ(Printable("two\nlines\r"), "two\\nlines\\r");
  EXPECT_EQ(Printable("\x9b"
                      "2J\x7f"),
            "\\2332J\\177");  // CSI and DEL in one byte each
}

TEST(Printable, KeepsWhatItIsTold) {
  EXPECT_EQ(Printable("CPU 0:\n\thog\33\r\n", "\n\t"), "CPU 0:\n\thog\\033\\r\n");
}

TEST(Printable, LeavesNoByteThatIsNotPrintable) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const char c : Printable(std::string(1, static_cast<char>(byte)))) {
      EXPECT_TRUE(absl::ascii_isprint(static_cast<unsigned char>(c))) << byte;
    }
  }
}

}  // namespace
}  // namespace scxx
