// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/vm.h"

#include <unistd.h>

#include <bit>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "framework/app/vm/locate.h"
#include "tools/vm/host_signals.h"
#include "tools/vm/initramfs.h"
#include "tools/vm/kernel_image.h"
#include "tools/vm/outputs.h"
#include "tools/vm/qemu.h"
#include "tools/vm/session.h"
#include "tools/vm/shape.h"

namespace scxx::vm {
namespace {

using std::chrono::steady_clock;

constexpr int kBoots = 3;

// Emulation on a busy machine is slow, but KVM that works is quick.
constexpr std::chrono::seconds kBootLimit(120);
constexpr std::chrono::seconds kKvmTrialLimit(15);

absl::Status Validate(const VmOptions& options) {
  const auto invalid = [](const std::string& why) { return absl::InvalidArgumentError(why); };
  if (options.command.empty()) return invalid("no command: give one after --");
  if (absl::Status status = CheckShape(options); !status.ok()) return status;
  if (options.memory_mb < 64) return invalid("--memory must be at least 64 (MB)");
  if (options.timeout <= absl::ZeroDuration())
    return invalid("--timeout must be positive, like 90s");
  if (options.fetch.size() > 256) return invalid("--fetch: at most 256 files");
  if (options.instruction_ns < 1 || options.instruction_ns > 64 ||
      !std::has_single_bit(static_cast<unsigned>(options.instruction_ns)))
    return invalid("--instruction_ns must be 1, 2, 4, 8, 16, 32 or 64");
  if (options.exact && options.accel != Accel::kAuto && options.accel != Accel::kTcg) {
    return invalid("--exact is emulation: leave out --accel");
  }
  for (const GuestFile& file : options.files) {
    if (!absl::StartsWith(file.guest, "/"))
      return invalid(absl::StrCat("--file: ", file.guest, " must be absolute in the guest"));
  }
  return absl::OkStatus();
}

SteadyTime After(absl::Duration duration) {
  if (duration == absl::InfiniteDuration()) return SteadyTime::max();
  return steady_clock::now() + absl::ToChronoMilliseconds(duration);
}

bool KvmIsThere() { return access("/dev/kvm", R_OK | W_OK) == 0; }

// What to try, in order. Only a boot that never reached init leads to the next.
std::vector<Accel> Attempts(const VmOptions& options) {
  if (options.exact) return std::vector<Accel>(kBoots, Accel::kTcg);
  if (options.accel != Accel::kAuto) return std::vector<Accel>(kBoots, options.accel);
  std::vector<Accel> attempts(kBoots, Accel::kTcg);
  if (KvmIsThere()) attempts.insert(attempts.begin(), Accel::kKvm);
  return attempts;
}

// QEMU refused the machine, or KVM did: another boot would end alike.
bool QemuRefused(const Outcome& outcome, const ConsoleLog& console) {
  return outcome.end == End::kNeverReady && console.empty() && !outcome.complaints.empty();
}

absl::Status Refusal(const Outcome& outcome, Accel accel) {
  const std::string first_line =
      outcome.complaints.substr(0, outcome.complaints.find_first_of("\r\n"));
  const char* cure = accel == Accel::kKvm ? "use --accel=auto or --accel=tcg"
                                          : "see its command line with --verbose";
  return absl::UnavailableError(
      absl::StrCat("QEMU cannot run the machine (", first_line, "): ", cure));
}

// The kernel's own words, as there is nobody else to ask.
absl::Status MachineFailure(const Outcome& outcome, const ConsoleLog& console) {
  const std::string panic = console.Panic();
  const char* what = outcome.end == End::kFailed ? "died under the command" : "did not boot";
  return absl::UnavailableError(
      absl::StrCat("the machine ", what, panic.empty() ? "" : ": ", panic,
                   "; keep its whole console with --console=FILE; its end:", console.Tail(),
                   outcome.complaints.empty() ? "" : "\n  QEMU: ", outcome.complaints));
}

class Runner {
 public:
  Runner(const VmOptions& options, std::string qemu, std::string initramfs, std::FILE* console_file)
      : options_(options),
        qemu_(std::move(qemu)),
        initramfs_(std::move(initramfs)),
        console_file_(console_file),
        deadline_(After(options.timeout)),
        files_(options.fetch) {}

  absl::StatusOr<ExitStatus> Run() {
    const IgnoreSigpipe ignore_sigpipe;
    const absl::StatusOr<ExitStatus> result = BootUntilReady();
    output_.Flush();
    const absl::Status written = files_.Write();
    return result.ok() && !written.ok() ? written : result;
  }

 private:
  absl::StatusOr<ExitStatus> BootUntilReady() {
    HostSignals signals;
    absl::StatusOr<ExitStatus> result = ExitStatus{};
    const std::vector<Accel> attempts = Attempts(options_);
    for (const Accel& accel : attempts) {
      bool again = false;
      result = BootOnce(signals, accel, &accel == &attempts.back(), again);
      if (!again) break;
      if (options_.verbose) std::fprintf(stderr, "vm: init was not reached\n");
    }
    return result;
  }

  // `again`: init was not reached, and another boot may do better.
  absl::StatusOr<ExitStatus> BootOnce(HostSignals& signals, Accel accel, bool last, bool& again) {
    const bool trial = accel == Accel::kKvm && options_.accel == Accel::kAuto;
    const SteadyTime ready_by = steady_clock::now() + (trial ? kKvmTrialLimit : kBootLimit);
    ConsoleLog console(console_file_, options_.verbose);
    absl::StatusOr<QemuProcess> qemu =
        QemuProcess::Start(qemu_, options_, accel, initramfs_, Unpacked(accel, last));
    if (!qemu.ok()) return qemu.status();
    const SessionContext context = {signals, output_, console, files_, options_.exact};
    const Outcome outcome = BootSession(*qemu, context, ready_by, deadline_).Run();
    qemu->Kill();
    if (outcome.end == End::kExited || outcome.end == End::kStopped) return outcome.status;
    if (outcome.end == End::kTimedOut) return TimedOut();
    const bool refused = QemuRefused(outcome, console);
    again = outcome.end == End::kNeverReady && (trial || !refused);
    return refused ? Refusal(outcome, accel) : MachineFailure(outcome, console);
  }

  // The kernel, or nothing: a real CPU unpacks quickly, and a guest that was started unpacked does
  // not wake from S3. If no boot before the last has reached init, perhaps that is why.
  std::string Unpacked(Accel accel, bool last) const {
    if (accel == Accel::kKvm || options_.suspend || last) return "";
    std::string vmlinux = UnpackKernel(ReadKernelImage(options_.kernel));
    if (options_.verbose && !vmlinux.empty())
      std::fprintf(stderr, "vm: unpacked %s\n", options_.kernel.c_str());
    return vmlinux;
  }

  absl::Status TimedOut() const {
    return absl::DeadlineExceededError(
        absl::StrCat("stopped after --timeout=", absl::FormatDuration(options_.timeout)));
  }

  const VmOptions& options_;
  const std::string qemu_, initramfs_;
  std::FILE* const console_file_;
  const SteadyTime deadline_;
  FetchedFiles files_;
  OutputQueue output_;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

absl::StatusOr<ExitStatus> Run(const VmOptions& options) {
  if (const absl::Status status = Validate(options); !status.ok()) return status;
  absl::StatusOr<std::string> qemu = FindQemu(options.qemu);
  if (!qemu.ok()) return qemu.status();
  if (const absl::Status status = CheckKernel(options.kernel); !status.ok()) return status;
  absl::StatusOr<std::string> initramfs = BuildInitramfs(options);
  if (!initramfs.ok()) return initramfs.status();
  std::unique_ptr<std::FILE, CloseFile> console;
  if (!options.console_file.empty()) {
    console.reset(std::fopen(options.console_file.c_str(), "we"));
    if (console == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("cannot write ", options.console_file,
                                                     ": name a writable file to --console"));
    }
  }
  return Runner(options, *std::move(qemu), *std::move(initramfs), console.get()).Run();
}

}  // namespace scxx::vm
