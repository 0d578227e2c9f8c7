// SPDX-License-Identifier: Apache-2.0
#include "framework/app/vm/locate.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

using ::testing::HasSubstr;

std::string Write(const std::string& name, const std::string& contents) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

class LocateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"SCXX_VM", "SCXX_KERNEL", "SCXX_QEMU"}) unsetenv(name);
  }
};

TEST_F(LocateTest, FindsTheToolAmongTheRunfiles) {
  EXPECT_THAT(FindVm().value(), HasSubstr("scxx/tools/vm/vm"));
}

TEST_F(LocateTest, KnowsItself) { EXPECT_THAT(ThisProgram(), HasSubstr("/vm_test")); }

TEST_F(LocateTest, TheEnvironmentGoesFirst) {
  const std::string tool = Write("tool", "#!/bin/sh\n");
  chmod(tool.c_str(), 0755);
  setenv("SCXX_VM", tool.c_str(), 1);
  EXPECT_EQ(FindVm().value(), tool);
  setenv("SCXX_KERNEL", "/some/vmlinuz", 1);
  EXPECT_EQ(FindKernel().value(), "/some/vmlinuz");
}

TEST_F(LocateTest, AWrongToolInTheEnvironmentIsAnError) {
  setenv("SCXX_VM", "/nonexistent", 1);
  EXPECT_EQ(Message(FindVm().status()),
            "SCXX_VM=/nonexistent is no executable file: name the vm tool");
}

TEST_F(LocateTest, ReadsAManifest) {
  const std::string file = Write("with a space", "");
  const std::string manifest = Write("MANIFEST", "scxx/a /nonexistent\nscxx/data " + file + "\n");
  setenv("RUNFILES_MANIFEST_FILE", manifest.c_str(), 1);
  EXPECT_EQ(FindRunfile("scxx/data"), file);
  EXPECT_EQ(FindRunfile("scxx/a"), "");
  unsetenv("RUNFILES_MANIFEST_FILE");
}

TEST_F(LocateTest, MissingQemuNamesTheCure) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  EXPECT_THAT(Message(FindQemu("").status()), HasSubstr("install QEMU"));
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(Message(FindQemu("/no/qemu").status()),
            "/no/qemu is no executable file: set SCXX_QEMU to qemu-system-x86_64");
}

TEST_F(LocateTest, KnowsAKernelImageWhenItSeesOne) {
  std::string image(0x210, '\0');
  image.replace(0x202, 4, "HdrS");
  EXPECT_TRUE(CheckKernel(Write("image", image)).ok());
  EXPECT_THAT(Message(CheckKernel(Write("text", "hello"))), HasSubstr("is no x86 kernel image"));
  EXPECT_THAT(Message(CheckKernel("/nonexistent")),
              HasSubstr("cannot read the kernel '/nonexistent'"));
}

}  // namespace
}  // namespace scxx::vm
