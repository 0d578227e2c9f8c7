// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/boots/setup.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "framework/app/vm/locate.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "tools/vm/initramfs.h"
#include "tools/vm/kernel_image.h"
#include "tools/vm/qemu.h"
#include "tools/vm/vm.h"

namespace scxx::bench {
namespace {

absl::StatusOr<std::string> FindProgram(const std::string& runfile) {
  std::string file = vm::FindRunfile(runfile);
  if (!file.empty()) return file;
  return absl::NotFoundError(absl::StrCat("no ", runfile, ": start schedbench with bazel run"));
}

absl::StatusOr<std::string> FindLoadProgram() { return FindProgram("scxx/tools/load/load"); }

absl::StatusOr<std::string> FindDriverProgram() {
  return FindProgram("scxx/tools/schedbench/guest/driver_program");
}

// Of this program, and so of those built with it.
std::string Compiler() {
#ifdef __clang__
  return __VERSION__;
#else
  return absl::StrCat("GCC ", __VERSION__);
#endif
}

// ---- what it was made with ----

// "QEMU emulator version 7.2.0 (...)".
std::string QemuVersion(const std::string& qemu) {
  const std::string command = absl::StrCat("'", qemu, "' --version 2>&1");
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "re"), pclose);
  char line[256] = "";
  if (pipe == nullptr || fgets(line, sizeof(line), pipe.get()) == nullptr) return "unknown";
  std::string text = line;
  text.resize(text.find_last_not_of('\n') + 1);
  const size_t version = text.find("version ");
  return version == std::string::npos ? text : text.substr(version + 8);
}

// Kernel, QEMU, its CPU, compiler of the programs, and the image's hash, in this order. The errors
// are those of building the image.
absl::StatusOr<MadeWith> DescribeMachine(const vm::VmOptions& machine) {
  const absl::StatusOr<std::string> image = vm::BuildInitramfs(machine);
  if (!image.ok()) return image.status();
  const absl::StatusOr<std::string> qemu = vm::FindQemu(machine.qemu);
  if (!qemu.ok()) return qemu.status();
  return MadeWith{{"kernel", KernelRelease(machine.kernel)},
                  {"QEMU", QemuVersion(*qemu)},
                  {"CPU", vm::kEmulatedCpu},
                  {"compiler", Compiler()},
                  {"image", Fingerprint(*image)}};
}

// ---- a virtual machine ----

constexpr char kLoad[] = "/bin/load";
constexpr char kDriver[] = "/bin/schedbench_driver";

std::string GuestFile(const Contender& contender) { return "/schedulers/" + contender.name; }

// The same in every boot.
absl::Status AddFiles(const SetupOptions& options, vm::VmOptions& machine) {
  const absl::StatusOr<std::string> load = FindLoadProgram(), driver = FindDriverProgram();
  if (!load.ok()) return load.status();
  if (!driver.ok()) return driver.status();
  machine.files = {{*load, kLoad}, {*driver, kDriver}};
  for (const Contender& contender : options.contenders) {
    if (!contender.file.empty()) machine.files.push_back({contender.file, GuestFile(contender)});
  }
  for (const std::string& program : options.programs) {
    const std::string name = std::filesystem::path(program).filename().string();
    machine.files.push_back({program, absl::StrCat("/bin/", name)});
  }
  return absl::OkStatus();
}

absl::Status AddCommand(const SetupOptions& options, vm::VmOptions& machine) {
  const Plan plan = {options.before, SchedulersOf(options.contenders, GuestFile), options.beside,
                     options.runs};
  const absl::StatusOr<std::vector<std::string>> lines = EncodePlan(plan);
  if (!lines.ok()) return lines.status();
  machine.command = {kDriver, absl::StrCat("--settle=", absl::FormatDuration(options.settle)),
                     "--"};
  machine.command.insert(machine.command.end(), lines->begin(), lines->end());
  return absl::OkStatus();
}

absl::Status ChooseKernel(const std::string& given, vm::VmOptions& machine) {
  machine.kernel = given;
  if (given.empty()) {
    const absl::StatusOr<std::string> kernel = vm::FindKernel();
    if (!kernel.ok()) return kernel.status();
    machine.kernel = *kernel;
  }
  return vm::CheckKernel(machine.kernel);
}

// The same length for every seed: the command line lies in the guest's memory.
vm::VmOptions WithSeed(vm::VmOptions machine, uint64_t seed) {
  machine.seed = seed;
  machine.append += absl::StrFormat("schedbench.seed=%06d", seed);
  return machine;
}

absl::StatusOr<int> Boot(const vm::VmOptions& machine) {
  const absl::StatusOr<vm::ExitStatus> status = vm::Run(machine);
  if (!status.ok()) return status.status();
  return status->ShellCode();
}

// ---- this machine ----

std::string HostFile(const Contender& contender) { return contender.file; }

// EEVDF needs nothing; to attach a scheduler takes root, and nobody else's being attached.
absl::Status CheckHost(const std::vector<Contender>& contenders) {
  const bool attaches = std::any_of(contenders.begin(), contenders.end(),
                                    [](const Contender& c) { return !c.file.empty(); });
  if (!attaches) return absl::OkStatus();
  const SchedExtState state = SchedExtSysfs().Snapshot();
  if (!state.present()) {
    return absl::InvalidArgumentError(
        "--mode=host: this kernel has no sched_ext: use --schedulers=eevdf, or a virtual machine "
        "(--mode=exact)");
  }
  if (geteuid() != 0) {
    return absl::InvalidArgumentError("--mode=host: attaching a scheduler takes root: use sudo");
  }
  if (state.state == "disabled") return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--mode=host: scheduler ", state.ops, " is attached: stop it first"));
}

MadeWith DescribeHost() {
  utsname name;
  uname(&name);
  return {{"kernel", name.release},
          {"CPUs", absl::StrCat(sysconf(_SC_NPROCESSORS_ONLN))},
          {"compiler", Compiler()}};
}

// Becomes the driver.
absl::StatusOr<int> Execute(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot start ", command[0]));
}

}  // namespace

// The boot protocol of x86: a 16-bit offset at 0x20e, counted from 0x200, of "RELEASE (builder)
// ...".
std::string KernelRelease(const std::string& image_path) {
  const std::string image = vm::ReadKernelImage(image_path);
  constexpr size_t kPointer = 0x20e;
  constexpr size_t kBase = 0x200;
  if (image.size() < kPointer + 2 || image.compare(0x202, 4, "HdrS") != 0) return "unknown";
  const size_t offset = static_cast<uint8_t>(image[kPointer]) +
                        (static_cast<size_t>(static_cast<uint8_t>(image[kPointer + 1])) << 8);
  const size_t begin = offset + kBase;
  const size_t end = image.find_first_of(std::string(" \0", 2), begin);
  return begin < image.size() && end != std::string::npos ? image.substr(begin, end - begin)
                                                          : "unknown";
}

std::string Fingerprint(const std::string& bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return absl::StrFormat("%016x", hash);
}

absl::StatusOr<Setup> SetUpGuest(const SetupOptions& options) {
  vm::VmOptions machine;
  machine.cpus = CpusOf(options.mode);
  machine.possible = options.possible;
  machine.exact = options.mode == Mode::kExact || options.mode == Mode::kExact2;
  machine.instruction_ns = options.instruction_ns;
  machine.memory_mb = options.memory_mb;
  machine.timeout = options.timeout;
  machine.accel = machine.exact ? vm::Accel::kTcg : vm::Accel::kTcgMulti;
  absl::Status status = ChooseKernel(options.kernel, machine);
  status.Update(AddFiles(options, machine));
  status.Update(AddCommand(options, machine));
  if (!status.ok()) return status;
  absl::StatusOr<MadeWith> made_with = DescribeMachine(machine);
  if (!made_with.ok()) return made_with.status();
  return Setup{[machine](uint64_t seed) { return Boot(WithSeed(machine, seed)); },
               *std::move(made_with)};
}

absl::StatusOr<Setup> SetUpHost(const SetupOptions& options) {
  if (const absl::Status status = CheckHost(options.contenders); !status.ok()) return status;
  const absl::StatusOr<std::string> load = FindLoadProgram(), driver = FindDriverProgram();
  if (!load.ok()) return load.status();
  if (!driver.ok()) return driver.status();
  const absl::StatusOr<std::vector<std::string>> lines = EncodePlan(
      {options.before, SchedulersOf(options.contenders, HostFile), options.beside, options.runs});
  if (!lines.ok()) return lines.status();
  const auto boot = [load = *load, driver = *driver, lines = *lines](uint64_t seed) {
    std::vector<std::string> command = {driver, "--settle=0s", absl::StrCat("--load=", load),
                                        absl::StrCat("--seed=", seed), "--"};
    command.insert(command.end(), lines.begin(), lines.end());
    return Execute(command);
  };
  return Setup{boot, DescribeHost()};
}

}  // namespace scxx::bench
