// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/sample_results.h"

#include "absl/strings/str_cat.h"

namespace scxx::bench {
namespace {

constexpr int kCosts[] = {100, 200, 400};

RunResult Pairs(const std::string& scheduler, int cost) {
  return {.scheduler = scheduler,
          .run = "pairs",
          .values = {{"ns_per_op", absl::StrCat(cost, ".000")}, {"stalled", "false"}}};
}

RunResult Hogs(const std::string& scheduler, int p99) {
  return {
      .scheduler = scheduler,
      .run = "hogs",
      .values = {{"p99_ns", absl::StrCat(p99)}, {"buckets", absl::StrCat("1000:90,", p99, ":10")}}};
}

}  // namespace

Results SampleResults() {
  Results results;
  results.schedulers = {"eevdf", "mine"};
  results.workloads = {{.name = "pairs",
                        .group = "cost",
                        .unit = "message",
                        .load = {"pipe_pairs"},
                        .metrics = {{"cost", "ns_per_op", Quantity::kCost}}},
                       {.name = "hogs",
                        .group = "latency",
                        .unit = "wakeup",
                        .load = {"periodic"},
                        .metrics = {{"p99", "p99_ns", Quantity::kLatency}},
                        .histogram = "buckets"}};
  results.seeds = {1, 2, 3};
  results.made_with = {{"kernel", "7.3.4"}, {"image", "0123"}};
  for (int boot = 0; boot < 3; ++boot) {
    results.boots.push_back({Pairs("eevdf", kCosts[boot]), Hogs("eevdf", 8'000 + 1'000 * boot),
                             Pairs("mine", kCosts[boot] / 2), Hogs("mine", 4'000)});
  }
  return results;
}

RunResult& RunOf(Results& results, size_t boot, const std::string& scheduler,
                 const std::string& run) {
  return const_cast<RunResult&>(*results.Find(boot, scheduler, run));
}

}  // namespace scxx::bench
