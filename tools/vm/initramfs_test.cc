// SPDX-License-Identifier: Apache-2.0
#include <elf.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/vm/initramfs.h"

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

// The smallest program that asks for an interpreter.
std::string DynamicProgram(const std::string& interpreter) {
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_phoff = sizeof(header);
  header.e_phnum = 2;
  Elf64_Phdr segments[2] = {};
  segments[0].p_type = PT_LOAD;
  segments[1].p_type = PT_INTERP;
  segments[1].p_offset = sizeof(header) + sizeof(segments);
  segments[1].p_filesz = interpreter.size() + 1;
  std::string bytes(reinterpret_cast<char*>(&header), sizeof(header));
  bytes.append(reinterpret_cast<char*>(segments), sizeof(segments));
  return bytes.append(interpreter.c_str(), interpreter.size() + 1);
}

TEST(ElfInterpreterTest, ReadsItFromADynamicProgram) {
  EXPECT_EQ(ElfInterpreter(DynamicProgram("/lib64/ld.so")), "/lib64/ld.so");
}

TEST(ElfInterpreterTest, OtherFilesHaveNone) {
  EXPECT_EQ(ElfInterpreter(""), "");
  EXPECT_EQ(ElfInterpreter("#!/bin/sh\n"), "");
}

TEST(ElfInterpreterTest, ATruncatedProgramIsNoTrap) {
  const std::string program = DynamicProgram("/lib64/ld.so");
  for (size_t size = 0; size < program.size() - 20; ++size) {
    EXPECT_EQ(ElfInterpreter(program.substr(0, size)), "") << size;
  }
}

TEST(ParseLibraryListTest, TakesWhatHasAPathHere) {
  const auto libraries = ParseLibraryList(
      "\tlinux-vdso.so.1 (0x00007ffd)\n"
      "\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f1c)\n"
      "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1b)\n"
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f1d)\n");
  ASSERT_TRUE(libraries.ok());
  ASSERT_EQ(libraries->size(), 2u);
  EXPECT_EQ((*libraries)[0].name, "libm.so.6");
  EXPECT_EQ((*libraries)[1].path, "/lib/x86_64-linux-gnu/libc.so.6");
}

TEST(ParseLibraryListTest, NamesAMissingLibrary) {
  const auto libraries = ParseLibraryList("\tlibgone.so.3 => not found\n");
  EXPECT_EQ(libraries.status().message(),
            "the shared library libgone.so.3 is missing on this machine");
}

TEST(SharedLibrariesTest, AnInterpreterThatIsNotHereIsAnError) {
  EXPECT_TRUE(absl::IsNotFound(SharedLibraries("/nonexistent/ld.so", "/bin/sh").status()));
}

}  // namespace

}  // namespace scxx::vm
