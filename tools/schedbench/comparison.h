// SPDX-License-Identifier: Apache-2.0
//
// A comparison from the command line to its results.
//
//   absl::StatusOr<Comparison> comparison = Comparison::Prepare(options);   // All refusals here.
//   absl::StatusOr<Results> results = comparison->Run([](const BootsDone&) {});
#ifndef SCXX_TOOLS_SCHEDBENCH_COMPARISON_H_
#define SCXX_TOOLS_SCHEDBENCH_COMPARISON_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/schedbench/boots/campaign.h"
#include "tools/schedbench/boots/setup.h"
#include "tools/schedbench/boots/transcript.h"
#include "tools/schedbench/flags.h"
#include "tools/schedbench/plan/plan.h"
#include "tools/schedbench/report/results.h"

namespace scxx::bench {

class Comparison {
 public:
  // Starts nothing. Errors: what the options, this machine or the mode do not allow, in one line.
  static absl::StatusOr<Comparison> Prepare(const Options& options);

  int total_runs() const;

  // Threading: as RunCampaign. Errors: a machine that failed, a guest that wrote nonsense, or that
  // no boot passed the freeze probe.
  absl::StatusOr<Results> Run(const std::function<void(const BootsDone&)>& progress);

 private:
  CampaignOptions campaign_;
  Results results_;  // Without boots.
  int runs_a_boot_ = 0;
};

// The results with the boots in `transcripts`, without those that the probe disqualifies (their
// number and a reason are added to what it was made with). Unavailable when none is left.
absl::StatusOr<Results> WithBoots(Results results, const std::vector<std::string>& transcripts);

// The freeze probe: may a machine of several CPUs be believed? Before any scheduler is attached, a
// task is alone on each CPU and never sleeps. Under EEVDF nothing keeps it from running; what does
// is the emulation, which stops one CPU while it runs another.
Run FreezeProbe();

// Unavailable, with the longest gap, when a task stood still for more than 20 ms or the probe did
// not run.
absl::Status JudgeProbe(const std::vector<RunResult>& boot);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_COMPARISON_H_
