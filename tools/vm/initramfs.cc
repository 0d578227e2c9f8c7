// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/initramfs.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/vm/cpio.h"
#include "tools/vm/elf.h"
#include "tools/vm/guest_command.h"
#include "tools/vm/init_blob.h"
#include "tools/vm/wire.h"

namespace scxx::vm {
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
  root.cpio().AddFile("/init", std::string(InitBlob()));
  root.cpio().AddFile(kCommandFile, EncodeCommand(CommandOf(options)), 0644);
  for (const char* mount_point : {"/proc", "/sys", "/dev", "/tmp", "/run"}) {
    root.cpio().AddDirectory(mount_point);
  }
  return root.cpio().Serialize();
}

}  // namespace scxx::vm
