// SPDX-License-Identifier: Apache-2.0
// A comparison from the command line to its results.
//
//   absl::StatusOr<Comparison> comparison = Comparison::Prepare(options);   // All refusals here.
//   absl::StatusOr<Results> results = comparison->Run([](const Progress&) {});
#ifndef SCXX_TOOLS_SCHEDBENCH_COMPARISON_H_
#define SCXX_TOOLS_SCHEDBENCH_COMPARISON_H_

#include <functional>

#include "absl/status/statusor.h"
#include "tools/schedbench/campaign.h"
#include "tools/schedbench/flags.h"
#include "tools/schedbench/results.h"

namespace scxx::bench {

class Comparison {
 public:
  // Starts nothing. Errors: what the options, this machine or the mode do not allow, in one line.
  static absl::StatusOr<Comparison> Prepare(const Options& options);

  int total_runs() const;

  // Threading: as Machine. Errors: a machine that failed, or a guest that wrote nonsense.
  absl::StatusOr<Results> Run(const std::function<void(const Progress&)>& progress);

 private:
  CampaignOptions campaign_;
  Results results_;  // Without boots.
  size_t runs_a_boot_ = 0;
};

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_COMPARISON_H_
