// SPDX-License-Identifier: Apache-2.0
// A comparison from the command line to its results.
//
//   absl::StatusOr<Comparison> comparison = Comparison::Prepare(options);   // All refusals here.
//   absl::StatusOr<Results> results = comparison->Run([](const Progress&) {});
#ifndef SCXX_TOOLS_SCHEDBENCH_COMPARISON_H_
#define SCXX_TOOLS_SCHEDBENCH_COMPARISON_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/schedbench/campaign.h"
#include "tools/schedbench/flags.h"
#include "tools/schedbench/results.h"
#include "tools/schedbench/setup.h"

namespace scxx::bench {

class Comparison {
 public:
  // Starts nothing. Errors: what the options, this machine or the mode do not allow, in one line.
  static absl::StatusOr<Comparison> Prepare(const Options& options);

  int total_runs() const;

  // Threading: as Machine. Errors: a machine that failed, a guest that wrote nonsense, or that no
  // boot passed the freeze probe.
  absl::StatusOr<Results> Run(const std::function<void(const Progress&)>& progress);

 private:
  CampaignOptions campaign_;
  Results results_;  // Without boots.
  int runs_a_boot_ = 0;
};

// The results with the boots in `transcripts`, without those that the probe disqualifies (their
// number and a reason are added to what it was made with). Unavailable when none is left.
absl::StatusOr<Results> WithBoots(Results results, const std::vector<std::string>& transcripts);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_COMPARISON_H_
