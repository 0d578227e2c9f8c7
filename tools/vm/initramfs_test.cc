// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/initramfs.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

using ::testing::HasSubstr;

std::string Write(const std::string& name, const std::string& contents) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

VmOptions Options() {
  VmOptions options;
  options.command = {"/bin/x"};
  options.files = {{Write("x", "the program"), "/bin/x"}};
  return options;
}

TEST(InitramfsTest, SameInputsGiveTheSameBytes) {
  EXPECT_EQ(BuildInitramfs(Options()).value(), BuildInitramfs(Options()).value());
}

TEST(InitramfsTest, TouchingAFileChangesNothing) {
  const std::string before = BuildInitramfs(Options()).value();
  const std::string path = Write("x", "the program");
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::min());
  EXPECT_EQ(BuildInitramfs(Options()).value(), before);
}

TEST(InitramfsTest, HoldsInitTheCommandAndTheFiles) {
  const std::string archive = BuildInitramfs(Options()).value();
  for (const char* name : {"init", "scxx/command", "bin/x", "proc", "tmp"}) {
    EXPECT_THAT(archive, HasSubstr(name + std::string(1, '\0')));
  }
  EXPECT_THAT(archive, HasSubstr("the program"));
}

TEST(InitramfsTest, AFolderComesWhole) {
  Write("folder/a", "contents of a");
  Write("folder/deep/b", "contents of b");
  VmOptions options = Options();
  options.files.push_back({::testing::TempDir() + "/folder", "/data"});
  const std::string archive = BuildInitramfs(options).value();
  EXPECT_THAT(archive, HasSubstr("data/deep/b"));
  EXPECT_THAT(archive, HasSubstr("contents of b"));
}

TEST(InitramfsTest, ADynamicProgramBringsItsLibraries) {
  VmOptions options = Options();
  options.files.push_back(
      {"/proc/self/exe", "/bin/self"});  // Bazel links libc and libstdc++ dynamically.
  const std::string archive = BuildInitramfs(options).value();
  EXPECT_THAT(archive, HasSubstr("lib64/ld-linux-x86-64.so.2"));
  EXPECT_THAT(archive, HasSubstr("lib/libc.so.6"));
}

TEST(InitramfsTest, AMissingFileIsNamed) {
  VmOptions options = Options();
  options.files.push_back({"/nonexistent", "/bin/y"});
  const absl::Status status = BuildInitramfs(options).status();
  EXPECT_EQ(status.message(), "cannot read /nonexistent, which the guest needs");
}

}  // namespace
}  // namespace scxx::vm
