// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/nice_mix.h"

#include <sys/resource.h>

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "tools/load/affinity.h"
#include "tools/load/workloads/hog.h"

namespace scxx::load {

int WeightOfNice(int nice) {
  // Each step is about 10 % of CPU time, a factor of 1.25; the kernel's own rounding.
  static constexpr int kWeights[40] = {
      88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,  //
      9548,  7620,  6100,  4904,  3906,  3121,  2501,  1991,  1586,  1277,   //
      1024,  820,   655,   526,   423,   335,   272,   215,   172,   137,    //
      110,   87,    70,    56,    45,    36,    29,    23,    18,    15};
  return kWeights[std::clamp(nice, -20, 19) + 20];
}

std::vector<double> IdealShares(const std::vector<int>& nices, int cpus) {
  std::vector<double> share(nices.size(), 0);
  std::vector<bool> full(nices.size(), false);  // Has a whole CPU.
  double free_cpus = std::min<double>(cpus, nices.size());
  const double total = free_cpus;
  for (bool changed = true; changed;) {
    changed = false;
    double weight = 0;
    for (size_t i = 0; i < nices.size(); ++i) weight += full[i] ? 0 : WeightOfNice(nices[i]);
    const double cpus_now = free_cpus;
    for (size_t i = 0; i < nices.size(); ++i) {
      if (full[i]) continue;
      share[i] = std::min(1.0, cpus_now * WeightOfNice(nices[i]) / weight);
      if (share[i] < 1.0) continue;
      full[i] = changed = true;
      free_cpus -= 1.0;
    }
  }
  for (double& s : share) s /= total;
  return share;
}

void NiceMix::RegisterFlags(FlagSet& flags) {
  flags.Ints("nices", &options_.nices, {-20, 19}, "nice level of each hog");
  flags.Int("pin_cpus", &options_.pin_cpus, {1, 1024},
            "pin to the first so many of the allowed CPUs");
  flags.Duration("duration", &options_.duration, "how long to run");
}

absl::Status NiceMix::Build(Crew& crew) {
  CpuList cpus = AllowedCpus();
  if (cpus.size() < static_cast<size_t>(options_.pin_cpus)) {
    return absl::InvalidArgumentError(absl::StrCat("--pin_cpus=", options_.pin_cpus, ": only ",
                                                   cpus.size(), " CPUs are allowed"));
  }
  cpus.resize(options_.pin_cpus);
  for (size_t i = 0; i < options_.nices.size(); ++i) {
    const int nice = options_.nices[i];
    crew.Add(absl::StrCat("hog", i), [=](Task& task) {
      SetAllowedCpus(0, cpus);
      setpriority(PRIO_PROCESS, 0, nice);
      Hog(task);
    });
  }
  return absl::OkStatus();
}

void NiceMix::Summarize(LoadResult& result) const {
  const std::vector<double> ideal = IdealShares(options_.nices, options_.pin_cpus);
  const double total =
      std::accumulate(result.classes.begin(), result.classes.end(), 0.0,
                      [](double sum, const ClassResult& c) { return sum + c.usage.cpu_ns; });
  if (total == 0) return;
  double worst = 1;
  for (size_t i = 0; i < ideal.size(); ++i) {
    const double share = result.classes[i].usage.cpu_ns / total;
    const double ratio = share / ideal[i];
    worst = std::max({worst, ratio, ratio > 0 ? 1 / ratio : 1e9});
    result.figures.emplace_back(absl::StrCat("share.", i), share);
    result.figures.emplace_back(absl::StrCat("ratio.", i), ratio);
  }
  result.figures.emplace_back("worst_ratio", worst);
}

}  // namespace scxx::load
