// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/topology_flag.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "framework/base/cpu.h"

namespace scxx {

absl::StatusOr<TopologySpec> ParseTopology(absl::string_view text) {
  const absl::Status error = absl::InvalidArgumentError(
      absl::StrCat("--topology=", text, " is none: give a number of CPUs, or four numbers like ",
                   "2x1x4x2 (nodes, caches, cores, threads), of 1 to ", kMaxCpus, " CPUs in all"));
  std::vector<int> numbers;
  int64_t cpus = 1;
  for (const absl::string_view part : absl::StrSplit(text, 'x')) {
    int number = 0;
    if (!absl::SimpleAtoi(part, &number) || number < 1 || number > kMaxCpus) return error;
    numbers.push_back(number);
    if ((cpus *= number) > kMaxCpus) return error;
  }
  if (numbers.size() == 1) return TopologySpec{.cores_per_llc = numbers[0]};
  if (numbers.size() != 4) return error;
  return TopologySpec{.nodes = numbers[0],
                      .llcs_per_node = numbers[1],
                      .cores_per_llc = numbers[2],
                      .threads_per_core = numbers[3]};
}

}  // namespace scxx
