// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/cpio.h"

#include <string>

#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

TEST(CpioTest, SameEntriesInAnyOrderGiveTheSameBytes) {
  Cpio forward, backward;
  forward.AddFile("a/b", "contents");
  forward.AddDirectory("tmp");
  forward.AddSymlink("link", "a/b");
  backward.AddSymlink("/link", "a/b");
  backward.AddDirectory("/tmp");
  backward.AddFile("/a/b", "contents");
  EXPECT_EQ(forward.Serialize(), backward.Serialize());
}

TEST(CpioTest, WritesTheNewcFormat) {
  Cpio cpio;
  cpio.AddFile("init", "12345", 0755);
  const std::string file =
      "070701"
      "00000001"
      "000081ED"
      "00000000"
      "00000000"
      "00000001"
      "00000000"
      "00000005"
      "00000000"
      "00000000"
      "00000000"
      "00000000"
      "00000005"
      "00000000" +
      std::string("init\0\0", 6) + std::string("12345\0\0\0", 8);
  const std::string trailer =
      "070701"
      "00000000"
      "00000000"
      "00000000"
      "00000000"
      "00000001"
      "00000000"
      "00000000"
      "00000000"
      "00000000"
      "00000000"
      "00000000"
      "0000000B"
      "00000000" +
      std::string("TRAILER!!!\0\0\0\0", 14);
  EXPECT_EQ(cpio.Serialize(), file + trailer);
}

TEST(CpioTest, AParentComesBeforeItsChildren) {
  Cpio cpio;
  cpio.AddFile("x/y/z", "");
  const std::string archive = cpio.Serialize();
  const size_t x = archive.find(std::string("x\0", 2));
  const size_t y = archive.find(std::string("x/y\0", 4));
  const size_t z = archive.find(std::string("x/y/z\0", 6));
  EXPECT_LT(x, y);
  EXPECT_LT(y, z);
  EXPECT_NE(z, std::string::npos);
}

TEST(CpioTest, TheLastEntryOfANameWins) {
  Cpio once, twice;
  once.AddFile("f", "new");
  twice.AddFile("f", "old");
  twice.AddFile("/f", "new");
  EXPECT_EQ(once.Serialize(), twice.Serialize());
}

TEST(CpioTest, AFileAddsItsFolderOnlyOnce) {
  Cpio cpio;
  cpio.AddFile("bin/a", "");
  EXPECT_TRUE(cpio.Contains("/bin"));
  EXPECT_TRUE(cpio.Contains("bin/a"));
  EXPECT_FALSE(cpio.Contains("bin/b"));
}

}  // namespace
}  // namespace scxx::vm
