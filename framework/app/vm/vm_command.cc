// SPDX-License-Identifier: Apache-2.0
#include "framework/app/vm/vm_command.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "framework/app/vm/locate.h"

namespace scxx {
namespace {

constexpr char kLoadRunfile[] = "scxx/tools/load/load";
constexpr char kGuestLoad[] = "/bin/load";

absl::StatusOr<std::string> FindLoad() {
  std::string load = vm::FindRunfile(kLoadRunfile);
  if (!load.empty()) return load;
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  load = self.parent_path().parent_path() / "libexec/scxx/load";
  if (std::filesystem::exists(load, error)) return load;
  return absl::NotFoundError("no load program for the demo: start the scheduler with bazel run");
}

}  // namespace

absl::StatusOr<VmFiles> FindVmFiles() {
  // Only to say so before anything starts: the tool finds it by itself.
  if (absl::StatusOr<std::string> qemu = vm::FindQemu(""); !qemu.ok()) return qemu.status();
  absl::StatusOr<std::string> vm = vm::FindVm();
  if (!vm.ok()) return vm.status();
  absl::StatusOr<std::string> kernel = vm::FindKernel();
  if (!kernel.ok()) return kernel.status();
  if (absl::Status status = vm::CheckKernel(*kernel); !status.ok()) return status;
  absl::StatusOr<std::string> load = FindLoad();
  if (!load.ok()) return load.status();
  std::error_code error;
  std::string self = std::filesystem::read_symlink("/proc/self/exe", error);
  return VmFiles{.vm = *vm, .kernel = *kernel, .load = *load, .scheduler = self};
}

std::vector<std::string> VmCommand(const VmFiles& files, const AppOptions& options,
                                   const std::vector<std::string>& guest_arguments) {
  const std::string name = std::filesystem::path(files.scheduler).filename();
  std::vector<std::string> command = {
      files.vm,
      absl::StrCat("--kernel=", files.kernel),
      absl::StrCat("--cpus=", options.cpus),
      absl::StrCat("--memory=", options.memory_mb),
      absl::StrCat("--file=", files.load, ":", kGuestLoad),
      absl::StrCat("--file=", files.scheduler, ":/bin/", name),
      "--",
      absl::StrCat("/bin/", name),
      "--backend=kernel",
      absl::StrCat("--demo=", kGuestLoad),
  };
  command.insert(command.end(), guest_arguments.begin(), guest_arguments.end());
  return command;
}

absl::Status Exec(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  return absl::InternalError(absl::StrCat("cannot start ", command[0], ": ", strerror(errno)));
}

}  // namespace scxx
