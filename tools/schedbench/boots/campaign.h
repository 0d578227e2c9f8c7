// SPDX-License-Identifier: Apache-2.0
//
// All boots of a comparison, and how far they are.
//
//   ProgressLine line(runs, boots, isatty(STDERR_FILENO) != 0);
//   const auto transcripts = RunCampaign({.boot = setup->boot, .seeds = {1, 2, 3}},
//                                        [&](const BootsDone& done) { line.Show(done); });
//   line.Clear();
//
// Threading: one thread of a process that has no others, as each boot is a fork of it.
#ifndef SCXX_TOOLS_SCHEDBENCH_BOOTS_CAMPAIGN_H_
#define SCXX_TOOLS_SCHEDBENCH_BOOTS_CAMPAIGN_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace scxx::bench {

struct CampaignOptions {
  std::function<absl::StatusOr<int>(uint64_t seed)> boot;  // See Boot in boot_process.h.
  std::vector<uint64_t> seeds;
  int machines = 2;  // At the same time.
};

struct BootsDone {
  int boots = 0;
  int runs = 0;  // Of all boots.
};

// The guest's output of every seed, in the order of the seeds. The first error ends all machines.
absl::StatusOr<std::vector<std::string>> RunCampaign(
    const CampaignOptions& options, const std::function<void(const BootsDone&)>& progress);

// "schedbench: 37 of 192 runs, 1 of 4 boots, 6 min left", on standard error: rewritten in place on
// a terminal, else a new line per boot.
class ProgressLine {
 public:
  ProgressLine(int runs, int boots, bool terminal)
      : runs_(runs), boots_(boots), terminal_(terminal) {}

  void Show(const BootsDone& done);
  void Clear();  // Leaves the terminal's line empty.

  std::string Text(const BootsDone& done, std::chrono::seconds elapsed) const;

 private:
  const int runs_, boots_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  BootsDone shown_ = {-1, -1};
};

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_BOOTS_CAMPAIGN_H_
