// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/boots/boot_process.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"

namespace scxx::bench {
namespace {

// In the child. Why it failed goes to `error`.
[[noreturn]] void RunBoot(const Boot& boot, int out, int error) {
  dup2(out, STDOUT_FILENO);
  const absl::StatusOr<int> status = boot();
  if (status.ok()) _exit(*status);
  dprintf(error, "%s", std::string(status.status().message()).c_str());
  _exit(1);
}

}  // namespace

absl::StatusOr<BootProcess> BootProcess::Start(const Boot& boot) {
  absl::StatusOr<PipeEnds> out = MakePipe(), error = MakePipe();
  if (!out.ok()) return out.status();
  if (!error.ok()) return error.status();
  fflush(nullptr);
  // It dies with this process, and a QEMU under it, which has asked for the same, with it.
  absl::StatusOr<Process> child =
      Process::Fork([&] { RunBoot(boot, out->write_end.get(), error->write_end.get()); });
  if (!child.ok()) {
    return absl::Status(child.status().code(),
                        absl::StrCat("cannot start a machine: ", child.status().message()));
  }
  BootProcess process;
  process.process_ = *std::move(child);
  process.out_ = std::move(out->read_end);
  process.error_ = std::move(error->read_end);
  return process;
}

bool BootProcess::Read() { return ReadMore(out_.get(), output_); }

absl::Status BootProcess::Finish() {
  std::string error;
  while (ReadMore(error_.get(), error)) {
  }
  const ExitStatus status = process_.Wait();
  if (!error.empty()) return absl::UnavailableError(error);
  if (status.ok()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the driver failed, status ", status.code));
}

}  // namespace scxx::bench
