// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/probe.h"

#include "absl/strings/str_format.h"

namespace scxx::bench {
namespace {

constexpr char kName[] = "freeze_probe";
constexpr double kLongestNs = 20e6;

}  // namespace

Run FreezeProbe() { return {kName, {"nice_mix", "--nices=0,0", "--pin_cpus=2", "--duration=2s"}}; }

absl::Status JudgeProbe(const std::vector<RunResult>& boot) {
  for (const RunResult& run : boot) {
    if (run.run != kName) continue;
    const std::optional<double> gap = run.Number("max_gap_ns");
    if (run.exit_code != 0 || !gap.has_value()) break;
    if (*gap <= kLongestNs) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrFormat("a task alone on its CPU stood still for %.1f ms", *gap / 1e6));
  }
  return absl::UnavailableError("the freeze probe did not run");
}

}  // namespace scxx::bench
