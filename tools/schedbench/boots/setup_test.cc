// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/boots/setup.h"

#include <gtest/gtest.h>

#include <fstream>

namespace scxx::bench {
namespace {

std::string FileOf(const std::string& contents) {
  const std::string path = testing::TempDir() + "/kernel_image";
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

// A bzImage's beginning: "HdrS" at 0x202, the release's place less 0x200 at 0x20e.
TEST(SetupTest, AKernelImageNamesItsRelease) {
  std::string image(0x300, '\0');
  image.replace(0x202, 4, "HdrS");
  image[0x20e] = '\x40';
  image.replace(0x240, 17, "7.3.4-x (me@here)");
  EXPECT_EQ(KernelRelease(FileOf(image)), "7.3.4-x");
}

TEST(SetupTest, OtherImagesAreUnknown) {
  EXPECT_EQ(KernelRelease(FileOf("")), "unknown");
  EXPECT_EQ(KernelRelease(FileOf(std::string(0x300, 'x'))), "unknown");
  std::string beyond(0x300, '\0');
  beyond.replace(0x202, 4, "HdrS");
  beyond.replace(0x20e, 2, "\xff\xff");
  EXPECT_EQ(KernelRelease(FileOf(beyond)), "unknown");
}

// The published values of FNV-1a.
TEST(SetupTest, Fingerprint) {
  EXPECT_EQ(Fingerprint(""), "cbf29ce484222325");
  EXPECT_EQ(Fingerprint("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(Fingerprint("foobar"), "85944171f73967e8");
}

}  // namespace
}  // namespace scxx::bench
