// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/elf.h"

#include <elf.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace scxx::vm {
namespace {

// Copies a structure out of the file, because a file promises no alignment.
template <typename T>
bool ReadAt(const std::string& contents, uint64_t offset, T& out) {
  if (offset > contents.size() || contents.size() - offset < sizeof(T)) return false;
  std::memcpy(&out, contents.data() + offset, sizeof(T));
  return true;
}

bool ReadElfHeader(const std::string& contents, Elf64_Ehdr& header) {
  return ReadAt(contents, 0, header) && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == ELFCLASS64;
}

std::string ReadAll(int fd) {
  std::string all;
  char chunk[4096];
  for (ssize_t got; (got = read(fd, chunk, sizeof(chunk))) > 0;) {
    all.append(chunk, static_cast<size_t>(got));
  }
  return all;
}

// What `program --list argument` prints, and "" when it fails.
std::string List(const std::string& program, const std::string& argument) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return "";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const char* argv[] = {program.c_str(), "--list", argument.c_str(), nullptr};
  pid_t pid;
  const int error =
      posix_spawn(&pid, program.c_str(), &actions, nullptr, const_cast<char**>(argv), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  const std::string output = ReadAll(ends[0]);
  close(ends[0]);
  if (error == 0) waitpid(pid, nullptr, 0);
  return output;
}

}  // namespace

std::string ElfInterpreter(const std::string& contents) {
  Elf64_Ehdr header;
  if (!ReadElfHeader(contents, header)) return "";
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!ReadAt(contents, header.e_phoff + i * sizeof(segment), segment)) return "";
    if (segment.p_type != PT_INTERP || segment.p_offset > contents.size()) continue;
    return contents.substr(segment.p_offset, segment.p_filesz).c_str();  // Stored with its NUL.
  }
  return "";
}

// Lines are "name => path (address)", "path (address)" for the interpreter, and "name (address)"
// for the vdso.
absl::StatusOr<std::vector<SharedLibrary>> ParseLibraryList(const std::string& listing) {
  std::vector<SharedLibrary> libraries;
  for (absl::string_view line : absl::StrSplit(listing, '\n', absl::SkipWhitespace())) {
    const std::vector<std::string> sides = absl::StrSplit(line, absl::MaxSplits(" => ", 1));
    if (sides.size() != 2) continue;
    const std::string name(absl::StripAsciiWhitespace(sides[0]));
    if (!absl::StartsWith(sides[1], "/")) {
      return absl::NotFoundError(
          absl::StrCat("the shared library ", name, " is missing on this machine"));
    }
    libraries.push_back({name, sides[1].substr(0, sides[1].find(" ("))});
  }
  return libraries;
}

absl::StatusOr<std::vector<SharedLibrary>> SharedLibraries(const std::string& interpreter,
                                                           const std::string& path) {
  const std::string listing = List(interpreter, path);
  if (listing.empty()) {
    return absl::NotFoundError(absl::StrCat(interpreter, ", the program interpreter of ", path,
                                            ", cannot list its libraries: link it statically"));
  }
  return ParseLibraryList(listing);
}

}  // namespace scxx::vm
