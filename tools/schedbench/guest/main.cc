// SPDX-License-Identifier: Apache-2.0
// The program in the guest: carries out the plan that its arguments are. See README.md.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "tools/schedbench/guest/driver.h"

ABSL_FLAG(std::string, load, scxx::bench::DriverOptions().load, "the load program");
ABSL_FLAG(absl::Duration, settle, scxx::bench::DriverOptions().settle,
          "wait before the first scheduler");
ABSL_FLAG(absl::Duration, pause, scxx::bench::DriverOptions().pause, "wait before every run");
ABSL_FLAG(uint64_t, seed, 0, "of the loads; 0: schedbench.seed= of the kernel's command line");

namespace {

// Every boot has the same image, so the seed comes from outside it.
uint64_t SeedOfBoot() {
  std::ifstream file("/proc/cmdline");
  std::string line;
  std::getline(file, line);
  for (absl::string_view word : absl::StrSplit(line, ' ')) {
    uint64_t seed = 0;
    if (absl::ConsumePrefix(&word, "schedbench.seed=") && absl::SimpleAtoi(word, &seed))
      return seed;
  }
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<char*> positional = absl::ParseCommandLine(argc, argv);
  const auto plan = scxx::bench::DecodePlan({positional.begin() + 1, positional.end()});
  if (!plan.ok()) {
    fprintf(stderr, "schedbench: %s\n", std::string(plan.status().message()).c_str());
    return 2;
  }
  const uint64_t seed = absl::GetFlag(FLAGS_seed);
  scxx::bench::Drive(*plan, {.load = absl::GetFlag(FLAGS_load),
                             .seed = seed == 0 ? SeedOfBoot() : seed,
                             .settle = absl::GetFlag(FLAGS_settle),
                             .pause = absl::GetFlag(FLAGS_pause)});
  return 0;
}
