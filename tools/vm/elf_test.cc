// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/elf.h"

#include <elf.h>

#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

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
