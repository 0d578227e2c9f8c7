// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/hogs.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "framework/base/weight.h"
#include "tools/load/affinity.h"

namespace scxx::load {
namespace {

CpuSet FirstOf(const CpuSet& cpus, int count) {
  CpuSet first;
  for (CpuId cpu = cpus.First(); first.size() < count; cpu = cpus.After(cpu)) first.Add(cpu);
  return first;
}

}  // namespace

std::vector<double> IdealShares(const std::vector<int>& nices, int cpus) {
  std::vector<double> weights;
  for (const int nice : nices) weights.push_back(Weight::FromNice(nice).load());
  const double total = std::min<double>(cpus, nices.size());
  std::vector<double> used(nices.size(), 0);  // Whole CPUs are 1.
  double left = total;
  // Whoever is entitled to a CPU or more gets one; the rest share what is left, until that is
  // settled.
  for (bool settled = false; !settled;) {
    settled = true;
    double weight = 0;
    for (size_t i = 0; i < used.size(); ++i) weight += used[i] < 1 ? weights[i] : 0;
    const double to_share = left;
    for (size_t i = 0; i < used.size(); ++i) {
      if (used[i] >= 1) continue;
      used[i] = std::min(1.0, to_share * weights[i] / weight);
      if (used[i] < 1) continue;
      left -= 1;
      settled = false;
    }
  }
  for (double& cpu : used) cpu /= total;
  return used;
}

void NiceMix::RegisterFlags(FlagSet& flags) {
  flags.Ints("nices", &options_.nices, {-20, 19}, "nice level of each hog");
  flags.Int("pin_cpus", &options_.pin_cpus, {1, 1024},
            "pin to the first so many of the allowed CPUs");
  flags.Duration("duration", &options_.duration, "how long to run");
}

absl::Status NiceMix::Build(Crew& crew) {
  const CpuSet allowed = AllowedCpus();
  if (allowed.size() < options_.pin_cpus) {
    return absl::InvalidArgumentError(absl::StrCat("--pin_cpus=", options_.pin_cpus, ": only ",
                                                   allowed.size(), " CPUs are allowed"));
  }
  const CpuSet cpus = FirstOf(allowed, options_.pin_cpus);
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
                      [](double sum, const ClassResult& c) { return sum + c.usage.cpu.count(); });
  if (total == 0) return;
  double worst = 1;
  double worst_error = 0;
  for (size_t i = 0; i < ideal.size(); ++i) {
    const double share = result.classes[i].usage.cpu.count() / total;
    const double ratio = share / ideal[i];
    worst = std::max({worst, ratio, ratio > 0 ? 1 / ratio : 1e9});
    worst_error = std::max(worst_error, std::abs(share - ideal[i]) * total);
    result.figures.emplace_back(absl::StrCat("share.", i), share);
    result.figures.emplace_back(absl::StrCat("ratio.", i), ratio);
  }
  result.figures.emplace_back("worst_ratio", worst);
  result.figures.emplace_back("worst_error_ms", worst_error / 1e6);
}

void Yielders::RegisterFlags(FlagSet& flags) {
  flags.Int("tasks", &options_.tasks, {1, 10'000}, "tasks that yield");
  flags.Int64("yields", &options_.yields, {1}, "yields a task");
}

absl::Status Yielders::Build(Crew& crew) {
  const int64_t yields = options_.yields;
  for (int i = 0; i < options_.tasks; ++i) {
    crew.Add("yielder", [=](Task& task) {
      for (int64_t done = 0; done < yields && !task.stopping(); ++done) {
        sched_yield();
        task.Progress();
      }
    });
  }
  return absl::OkStatus();
}

}  // namespace scxx::load
