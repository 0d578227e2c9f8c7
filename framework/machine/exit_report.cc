// SPDX-License-Identifier: Apache-2.0
#include "framework/machine/exit_report.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "framework/machine/kept_cpus.h"
#include "framework/stats/printable.h"

namespace scxx {
namespace {

// An exit code has three fields: the user's own (bits 0 to 31), the system's reason (32 to 47), and
// what the system asks for (48 to 63).
constexpr int kReasonShift = 32;
constexpr uint64_t kFieldMask = 0xffff;
constexpr int kActionShift = 48;
constexpr uint64_t kReasonHotplug = 1;
constexpr uint64_t kActionRestart = 1;

bool HasCode(uint64_t kind) {
  return kind == static_cast<uint64_t>(ExitKind::kUnregisteredBpf) ||
         kind == static_cast<uint64_t>(ExitKind::kUnregisteredKernel);
}

uint64_t CodeField(const ExitReport& report, int shift) {
  return HasCode(report.kind) ? static_cast<uint64_t>(report.code) >> shift & kFieldMask : 0;
}

}  // namespace

bool ExitReport::ShouldRestart() const {
  return (CodeField(*this, kActionShift) & kActionRestart) != 0;
}

bool ExitReport::IsHotplug() const { return CodeField(*this, kReasonShift) == kReasonHotplug; }

ExitReport ExitReport::OfHotplug() {
  return {
      .kind = static_cast<uint64_t>(ExitKind::kUnregisteredKernel),
      .code = static_cast<int64_t>(kActionRestart << kActionShift | kReasonHotplug << kReasonShift),
      .reason = "unregistered from the main kernel"};
}

std::string ExitReport::Summary() const {
  if (!Exited()) return "not exited";
  std::string line = reason.empty() ? absl::StrCat("exit kind ", kind) : reason;
  if (!message.empty()) absl::StrAppend(&line, ": ", message);
  // Where a task has waited for too long, somebody else had the CPU.
  if (kind == static_cast<uint64_t>(ExitKind::kErrorStall)) {
    const std::string kept = DescribeKeptCpus(dump);
    if (!kept.empty()) absl::StrAppend(&line, "; ", kept);
  }
  absl::StripAsciiWhitespace(&line);
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  return Printable(line);
}

std::string ExitReport::PrintableDump() const { return Printable(dump, "\n\t"); }

std::string ExitReport::ToString() const {
  std::string text = absl::StrCat(Summary(), "\n", PrintableDump());
  if (text.back() != '\n') text.push_back('\n');
  return text;
}

}  // namespace scxx
