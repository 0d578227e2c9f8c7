// SPDX-License-Identifier: Apache-2.0
#include "framework/app/vm/locate.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace scxx::vm {
namespace {

namespace fs = std::filesystem;

std::string Env(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool IsReadable(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), R_OK) == 0;
}

bool IsExecutable(const std::string& path) {
  return IsReadable(path) && access(path.c_str(), X_OK) == 0;
}

// How it was started: in a Bazel test a link, beside which the data is.
std::string ProgramAsCalled() {
  std::ifstream cmdline("/proc/self/cmdline");
  std::string name;
  std::getline(cmdline, name, '\0');
  return name;
}

std::string FindInManifest(const std::string& manifest, const std::string& path) {
  std::ifstream lines(manifest);
  for (std::string line; std::getline(lines, line);) {
    if (absl::StartsWith(line, path + " ")) return line.substr(path.size() + 1);
  }
  return "";
}

std::string Installed(const char* name) {
  return fs::path(ThisProgram()).parent_path().parent_path() / "libexec/scxx" / name;
}

bool FileHasLine(const std::string& path, const std::string& wanted) {
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    if (line == wanted) return true;
  }
  return false;
}

// The host's own image, "" unless it has sched_ext and may be read.
std::string HostKernel() {
  utsname name;
  uname(&name);
  const std::string image = absl::StrCat("/boot/vmlinuz-", name.release);
  const std::string config = absl::StrCat("/boot/config-", name.release);
  return IsReadable(image) && FileHasLine(config, "CONFIG_SCHED_CLASS_EXT=y") ? image : "";
}

std::string FindInPath(const std::string& program) {
  const std::vector<std::string> folders = absl::StrSplit(Env("PATH"), ':', absl::SkipEmpty());
  for (const std::string& folder : folders) {
    const std::string candidate = fs::path(folder) / program;
    if (IsExecutable(candidate)) return candidate;
  }
  return "";
}

}  // namespace

std::string ThisProgram() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error);
}

std::string FindRunfile(const std::string& path) {
  const std::vector<std::string> roots = {Env("RUNFILES_DIR"), Env("TEST_SRCDIR"),
                                          ThisProgram() + ".runfiles",
                                          ProgramAsCalled() + ".runfiles"};
  for (const std::string& root : roots) {
    const std::string candidate = fs::path(root) / path;
    if (!root.empty() && IsReadable(candidate)) return candidate;
  }
  const std::string listed = FindInManifest(Env("RUNFILES_MANIFEST_FILE"), path);
  return IsReadable(listed) ? listed : "";
}

absl::StatusOr<std::string> FindVm() {
  const std::string given = Env("SCXX_VM");
  if (!given.empty() && !IsExecutable(given)) {
    return absl::NotFoundError(
        absl::StrCat("SCXX_VM=", given, " is no executable file: name the vm tool"));
  }
  for (const std::string& candidate : {given, FindRunfile("scxx/tools/vm/vm"), Installed("vm")}) {
    if (IsExecutable(candidate)) return candidate;
  }
  return absl::NotFoundError(
      "no vm tool: start the program with bazel run, or set SCXX_VM to the tool's path");
}

absl::StatusOr<std::string> FindKernel() {
  const std::string given = Env("SCXX_KERNEL");
  if (!given.empty() && given != "host") return given;
  std::vector<std::string> candidates = {HostKernel()};
  if (given.empty())
    candidates = {FindRunfile("test_kernel/vmlinuz"), Installed("vmlinuz"), HostKernel()};
  for (const std::string& candidate : candidates) {
    if (!candidate.empty() && IsReadable(candidate)) return candidate;
  }
  return absl::NotFoundError(
      given == "host"
          ? "SCXX_KERNEL=host, but this machine's kernel has no sched_ext or no readable image: "
            "set it to a path"
          : "no test kernel: set SCXX_KERNEL to the vmlinuz of a kernel with sched_ext");
}

absl::StatusOr<std::string> FindQemu(const std::string& given) {
  const std::string chosen = given.empty() ? Env("SCXX_QEMU") : given;
  const std::string qemu = chosen.empty() ? FindInPath("qemu-system-x86_64") : chosen;
  if (IsExecutable(qemu)) return qemu;
  return absl::NotFoundError(
      chosen.empty()
          ? "no qemu-system-x86_64 in PATH: install QEMU (apt install qemu-system-x86), or set "
            "SCXX_QEMU"
          : absl::StrCat(chosen, " is no executable file: set SCXX_QEMU to qemu-system-x86_64"));
}

// A bzImage carries "HdrS" at 0x202 (the kernel's x86 boot protocol); QEMU itself checks an ELF
// file for its PVH note.
absl::Status CheckKernel(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || !IsReadable(path)) {
    return absl::NotFoundError(
        absl::StrCat("cannot read the kernel '", path,
                     "': give a readable vmlinuz with --kernel or SCXX_KERNEL"));
  }
  std::string start(0x206, '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (absl::StartsWith(start, "\177ELF") || absl::EndsWith(start, "HdrS")) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(
      path, " is no x86 kernel image: give a bzImage (vmlinuz) with --kernel or SCXX_KERNEL"));
}

}  // namespace scxx::vm
