// SPDX-License-Identifier: Apache-2.0
//
// vm: runs a command on a kernel of your choice in a QEMU machine. See README.md.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "framework/app/vm/locate.h"
#include "tools/vm/vm.h"

namespace {

// The values of a flag that may be given several times, which Abseil's flags do not know.
std::vector<std::string> files, fetches, envs;

}  // namespace

ABSL_FLAG(std::string, kernel, "",
          "kernel image (vmlinuz); default: SCXX_KERNEL, the build's own, the host's");
ABSL_FLAG(int, cpus, 1, "CPUs of the machine");
ABSL_FLAG(int, maxcpus, 0, "CPUs with those that are offline at first; 0: none is");
ABSL_FLAG(int, possible, 0, "CPUs with those that could be plugged in; 0: none could");
ABSL_FLAG(std::string, topology, "",
          "SOCKETSxCORESxTHREADS, of all these CPUs; default: one socket");
ABSL_FLAG(std::string, numa, "", "CPUs of each NUMA node, such as 2,2 or 4,0; default: no NUMA");
ABSL_FLAG(int, memory, 1024, "memory of the machine, MB");
ABSL_FLAG(bool, suspend, false, "the machine may suspend; one in S3 is woken at once");
ABSL_FLAG(scxx::vm::Accel, accel, scxx::vm::Accel::kAuto,
          "auto, kvm, tcg, or tcg-multi (shows races)");
ABSL_FLAG(bool, exact, false, "repeatable to the bit: a clock that counts instructions, no chance");
ABSL_FLAG(int, instruction_ns, 1, "with --exact: guest time of an instruction, a power of two");
ABSL_FLAG(uint64_t, seed, 1, "with --exact: the seed of the guest's random numbers");
ABSL_FLAG(std::string, file, "", "HOST[:GUEST], put into the guest, by default in /bin; repeatable")
    .OnUpdate([] { files.push_back(absl::GetFlag(FLAGS_file)); });
ABSL_FLAG(std::string, fetch, "", "GUEST:HOST, copied to the host at the end; repeatable")
    .OnUpdate([] { fetches.push_back(absl::GetFlag(FLAGS_fetch)); });
ABSL_FLAG(std::string, env, "", "NAME=VALUE, or NAME to pass the caller's; repeatable")
    .OnUpdate([] { envs.push_back(absl::GetFlag(FLAGS_env)); });
ABSL_FLAG(std::string, append, "", "more words for the kernel's command line");
ABSL_FLAG(absl::Duration, timeout, absl::InfiniteDuration(),
          "stop the machine after this time, like 90s");
ABSL_FLAG(std::string, console, "", "file for the kernel's console");
ABSL_FLAG(bool, verbose, false, "show what happens, and the kernel's console");

namespace scxx::vm {
namespace {

constexpr std::pair<const char*, Accel> kAccels[] = {{"auto", Accel::kAuto},
                                                     {"kvm", Accel::kKvm},
                                                     {"tcg", Accel::kTcg},
                                                     {"tcg-multi", Accel::kTcgMulti}};

constexpr int kUsageError = 2;
constexpr int kTimedOut = 124;
constexpr int kMachineFailed = 125;

constexpr char kUsage[] =
    "runs a command on a Linux kernel of your choice, in a QEMU machine.\n\n"
    "  vm [flags] -- COMMAND [ARGUMENT...]\n\n"
    "A COMMAND that is a file here is put into the guest. Exits as the command does; 128 + N when "
    "signal N ended it, "
    "127 when there is no such command, 126 when it cannot be executed, 125 when the machine "
    "failed, 124 after "
    "--timeout, 2 when it could not start.";

}  // namespace

bool AbslParseFlag(absl::string_view text, Accel* accel, std::string* error) {
  for (const auto& [name, value] : kAccels) {
    *accel = value;
    if (text == name) return true;
  }
  *error = "it must be auto, kvm, tcg or tcg-multi";
  return false;
}

std::string AbslUnparseFlag(Accel accel) {
  for (const auto& [name, value] : kAccels) {
    if (value == accel) return name;
  }
  return "";
}

namespace {

GuestFile ParseFile(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
  if (parts.size() == 2) return {parts[0], parts[1]};
  return {text, absl::StrCat("/bin/", std::filesystem::path(text).filename().string())};
}

FetchedFile ParseFetch(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
  return {parts.front(), parts.back()};
}

std::string ParseEnv(const std::string& text) {
  if (absl::StrContains(text, '=')) return text;
  const char* value = std::getenv(text.c_str());
  return absl::StrCat(text, "=", value == nullptr ? "" : value);
}

// A command that names a file of this machine, and none put into the guest, brings that file along.
void BringCommand(VmOptions& options) {
  if (options.command.empty() || !absl::StrContains(options.command[0], '/')) return;
  for (const GuestFile& file : options.files) {
    if (file.guest == options.command[0]) return;
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(options.command[0], error)) return;
  options.files.push_back(ParseFile(options.command[0]));
  options.command[0] = options.files.back().guest;
}

VmOptions OptionsFromFlags() {
  VmOptions options;
  options.kernel = absl::GetFlag(FLAGS_kernel);
  options.cpus = absl::GetFlag(FLAGS_cpus);
  options.max_cpus = absl::GetFlag(FLAGS_maxcpus);
  options.possible = absl::GetFlag(FLAGS_possible);
  options.topology = absl::GetFlag(FLAGS_topology);
  options.numa = absl::GetFlag(FLAGS_numa);
  options.memory_mb = absl::GetFlag(FLAGS_memory);
  options.suspend = absl::GetFlag(FLAGS_suspend);
  options.accel = absl::GetFlag(FLAGS_accel);
  options.exact = absl::GetFlag(FLAGS_exact);
  options.instruction_ns = absl::GetFlag(FLAGS_instruction_ns);
  options.seed = absl::GetFlag(FLAGS_seed);
  options.append = absl::GetFlag(FLAGS_append);
  options.timeout = absl::GetFlag(FLAGS_timeout);
  options.console_file = absl::GetFlag(FLAGS_console);
  options.verbose = absl::GetFlag(FLAGS_verbose);
  for (const std::string& text : files) {
    if (!text.empty()) options.files.push_back(ParseFile(text));
  }
  for (const std::string& text : fetches) {
    if (!text.empty()) options.fetch.push_back(ParseFetch(text));
  }
  for (const std::string& text : envs) {
    if (!text.empty()) options.env.push_back(ParseEnv(text));
  }
  return options;
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "vm: %s\n", std::string(status.message()).c_str());
  if (absl::IsDeadlineExceeded(status)) return kTimedOut;
  return absl::IsUnavailable(status) ? kMachineFailed : kUsageError;
}

int Main(const std::vector<char*>& positional) {
  VmOptions options = OptionsFromFlags();
  options.command.assign(positional.begin() + 1, positional.end());
  BringCommand(options);
  if (options.kernel.empty()) {
    const absl::StatusOr<std::string> kernel = FindKernel();
    if (!kernel.ok()) return Fail(kernel.status());
    options.kernel = *kernel;
  }
  const absl::StatusOr<ExitStatus> status = Run(options);
  return status.ok() ? status->ShellCode() : Fail(status.status());
}

}  // namespace
}  // namespace scxx::vm

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(scxx::vm::kUsage);
  return scxx::vm::Main(absl::ParseCommandLine(argc, argv));
}
