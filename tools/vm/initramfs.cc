// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/initramfs.h"

#include <elf.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "framework/base/process/process.h"
#include "tools/vm/cpio.h"
#include "tools/vm/wire.h"

// The guest's init, a static executable, as bytes of this program: so the tool is one file.
extern "C" const char scxx_vm_init_begin[];
extern "C" const char scxx_vm_init_end[];

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

// What `program --list argument` prints, and "" when it fails.
std::string List(const std::string& program, const std::string& argument) {
  absl::StatusOr<PipeEnds> pipe = MakePipe();
  if (!pipe.ok()) return "";
  absl::StatusOr<Process> process = Process::Start(
      {.args = {program, "--list", argument}, .out = pipe->write_end.get(), .err = Command::kNull});
  pipe->write_end.Close();
  std::string output;
  while (ReadMore(pipe->read_end.get(), output)) {
  }
  if (process.ok()) process->Wait();
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

namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::string> ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string contents((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file)
    return absl::NotFoundError(
        absl::StrCat("cannot read ", path.string(), ", which the guest needs"));
  return contents;
}

// Fills the guest's root.
class Root {
 public:
  // A folder is copied whole; links are followed, as a Bazel test's files are links.
  absl::Status Add(const fs::path& host, const fs::path& guest) {
    std::error_code error;
    if (!fs::is_directory(host, error)) return AddFile(host, guest);
    cpio_.AddDirectory(guest);
    for (const fs::directory_entry& entry : fs::directory_iterator(host, error)) {
      const absl::Status status = Add(entry.path(), guest / entry.path().filename());
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  Cpio& cpio() { return cpio_; }

 private:
  absl::Status AddFile(const fs::path& host, const fs::path& guest) {
    absl::StatusOr<std::string> contents = ReadFile(host);
    if (!contents.ok()) return contents.status();
    const std::string interpreter = ElfInterpreter(*contents);
    cpio_.AddFile(guest, *std::move(contents));
    return interpreter.empty() ? absl::OkStatus() : AddLibraries(interpreter, host);
  }

  // Libraries go to /lib, where every loader looks, whatever their place here is.
  absl::Status AddLibraries(const std::string& interpreter, const fs::path& program) {
    const auto libraries = SharedLibraries(interpreter, program);
    if (!libraries.ok()) return libraries.status();
    absl::Status status = AddOnce(interpreter, interpreter);
    for (const SharedLibrary& library : *libraries) {
      status.Update(AddOnce(library.path, absl::StrCat("/lib/", library.name)));
    }
    return status;
  }

  absl::Status AddOnce(const std::string& host, const std::string& guest) {
    if (cpio_.Contains(guest)) return absl::OkStatus();
    absl::StatusOr<std::string> contents = ReadFile(host);
    if (contents.ok()) cpio_.AddFile(guest, *std::move(contents));
    return contents.status();
  }

  Cpio cpio_;
};

GuestCommand CommandOf(const VmOptions& options) {
  GuestCommand command;
  command.args = options.command;
  command.env = {"PATH=/bin:/usr/bin:/sbin:/usr/sbin", "HOME=/", "TERM=dumb"};
  command.env.insert(command.env.end(), options.env.begin(), options.env.end());
  for (const FetchedFile& file : options.fetch) command.fetch.push_back(file.guest);
  return command;
}

}  // namespace

absl::StatusOr<std::string> BuildInitramfs(const VmOptions& options) {
  Root root;
  for (const GuestFile& file : options.files) {
    const absl::Status status = root.Add(file.host, file.guest);
    if (!status.ok()) return status;
  }
  root.cpio().AddFile("/init", std::string(scxx_vm_init_begin, scxx_vm_init_end));
  root.cpio().AddFile(kCommandFile, EncodeCommand(CommandOf(options)), 0644);
  for (const char* mount_point : {"/proc", "/sys", "/dev", "/tmp", "/run"}) {
    root.cpio().AddDirectory(mount_point);
  }
  return root.cpio().Serialize();
}

}  // namespace scxx::vm
