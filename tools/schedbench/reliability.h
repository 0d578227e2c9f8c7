// SPDX-License-Identifier: Apache-2.0
//
// Which hard loads each scheduler bears: a machine of two emulated CPUs per load and scheduler, so
// that one who is ejected does not spoil the next row.
//
//   absl::StatusOr<Reliability> trials = Reliability::Prepare(options);   // All refusals here.
//   ReliabilityResults results = *trials->Run([](const BootsDone&) {});
//   std::fputs(ToMarkdown(results).c_str(), stdout);
#ifndef SCXX_TOOLS_SCHEDBENCH_RELIABILITY_H_
#define SCXX_TOOLS_SCHEDBENCH_RELIABILITY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/schedbench/boots/campaign.h"
#include "tools/schedbench/boots/setup.h"
#include "tools/schedbench/flags.h"
#include "tools/schedbench/plan/contenders.h"
#include "tools/schedbench/plan/hard_loads.h"
#include "tools/schedbench/report/reliability.h"

namespace scxx::bench {

class Reliability {
 public:
  // Starts nothing. Errors: what the options or this machine do not allow, in one line.
  static absl::StatusOr<Reliability> Prepare(const Options& options);

  int boots() const { return static_cast<int>(boots_.size()); }
  int runs() const { return runs_; }

  // Threading: as RunCampaign. A machine that fails is a cell of the table and no error.
  absl::StatusOr<ReliabilityResults> Run(const std::function<void(const BootsDone&)>& progress);

 private:
  // Of a cell.
  struct Boot {
    size_t row;
    size_t scheduler;
    Setup setup;
  };
  absl::Status AddRow(const Options& options, const std::vector<Contender>& contenders,
                      const HardLoad& load);

  std::vector<Boot> boots_;
  int runs_ = 0;
  int machines_ = 1;
  uint64_t seed_ = 1;
  ReliabilityResults results_;  // Without what the machines will say.
};

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_RELIABILITY_H_
