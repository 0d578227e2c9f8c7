// SPDX-License-Identifier: Apache-2.0
// All boots of a comparison.
#ifndef SCXX_TOOLS_SCHEDBENCH_CAMPAIGN_H_
#define SCXX_TOOLS_SCHEDBENCH_CAMPAIGN_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace scxx::bench {

struct CampaignOptions {
  std::function<absl::StatusOr<int>(uint64_t seed)> boot;  // See Boot in machine.h.
  std::vector<uint64_t> seeds;
  int machines = 2;  // At the same time.
};

struct Progress {
  int boots_done = 0;
  int runs_done = 0;  // Of all boots.
};

// The guest's output of every seed, in the order of the seeds. The first error ends all machines.
absl::StatusOr<std::vector<std::string>> RunCampaign(
    const CampaignOptions& options, const std::function<void(const Progress&)>& progress);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_CAMPAIGN_H_
