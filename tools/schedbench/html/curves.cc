// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/html/curves.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/schedbench/html/svg.h"

namespace scxx::bench {
namespace {

constexpr double kWidth = 640, kHeight = 300;
constexpr double kLeft = 60, kRight = kWidth - 30, kTop = 30, kBottom = kHeight - 48;
constexpr double kRarest = 1e-4;

std::string Microseconds(double us) {
  if (us >= 1e6) return absl::StrFormat("%g s", us / 1e6);
  return us >= 1e3 ? absl::StrFormat("%g ms", us / 1e3) : absl::StrFormat("%g us", us);
}

// The decades around all latencies, so that every curve has room.
LogScale LatencyScale(const std::vector<Buckets>& all) {
  double low = 1e12, high = 1;
  for (const Buckets& buckets : all) {
    if (buckets.empty()) continue;
    low = std::min(low, static_cast<double>(buckets.front().first) / 1e3);
    high = std::max(high, static_cast<double>(buckets.back().first) / 1e3);
  }
  LogScale scale = {.low = 1, .high = 10, .from = kLeft, .to = kRight};
  while (scale.low * 10 <= low) scale.low *= 10;
  scale.high = scale.low * 10;
  while (scale.high < high) scale.high *= 10;
  return scale;
}

std::string Grid(const LogScale& x, const LogScale& y) {
  std::string out;
  for (const double us : x.Decades()) {
    absl::StrAppend(&out, SvgLine(x(us), kTop, x(us), kBottom, "grid"),
                    SvgText(x(us), kBottom + 16, Microseconds(us), Anchor::kMiddle));
  }
  absl::StrAppend(&out, SvgText(kRight, kBottom + 34, "waited for longer than this", Anchor::kEnd),
                  SvgText(4, kTop - 14, "share of waits"));
  for (const double share : y.Decades()) {
    absl::StrAppend(
        &out, SvgLine(kLeft, y(share), kRight, y(share), "grid"),
        SvgText(kLeft - 6, y(share) + 4, absl::StrFormat("%g %%", share * 100), Anchor::kEnd));
  }
  return out;
}

// From where all took longer to where none did.
std::string Curve(const Buckets& buckets, const LogScale& x, const LogScale& y,
                  const std::string& color) {
  if (buckets.empty()) return "";
  std::vector<std::pair<double, double>> points = {
      {x(static_cast<double>(buckets.front().first) / 1e3), y(1)}};
  for (const auto& [us, share] : Tail(buckets)) points.emplace_back(x(us), y(share));
  points.emplace_back(x(static_cast<double>(buckets.back().first) / 1e3), kBottom);
  return SvgPolyline(points, color);
}

}  // namespace

Buckets MergedHistogram(const Results& results, const std::string& scheduler,
                        const Workload& workload) {
  std::map<int64_t, int64_t> merged;
  for (size_t boot = 0; boot < results.boots.size(); ++boot) {
    const RunResult* run = results.Find(boot, scheduler, workload.name);
    if (run == nullptr) continue;
    for (const auto& [end, count] : run->Histogram(workload.histogram)) merged[end] += count;
  }
  return Buckets(merged.begin(), merged.end());
}

std::vector<std::pair<double, double>> Tail(const Buckets& buckets) {
  int64_t left = 0;
  for (const auto& [end, count] : buckets) left += count;
  const double total = static_cast<double>(left);
  std::vector<std::pair<double, double>> tail;
  for (const auto& [end, count] : buckets) {
    left -= count;
    if (left > 0) {
      tail.emplace_back(static_cast<double>(end) / 1e3, static_cast<double>(left) / total);
    }
  }
  return tail;
}

std::string LatencyCurves(const Results& results, const Workload& workload) {
  std::vector<Buckets> all;
  for (const std::string& scheduler : results.schedulers) {
    all.push_back(MergedHistogram(results, scheduler, workload));
  }
  if (std::all_of(all.begin(), all.end(), [](const Buckets& b) { return b.empty(); })) return "";
  const LogScale x = LatencyScale(all);
  const LogScale y = {.low = kRarest, .high = 1, .from = kBottom, .to = kTop};
  std::string body = Grid(x, y);
  for (size_t i = 0; i < all.size(); ++i) {
    absl::StrAppend(&body, Curve(all[i], x, y, ColorOf(i)));
  }
  absl::StrAppend(&body, SvgLegend(kLeft + 60, 16, results.schedulers));
  return Svg(kWidth, kHeight, absl::StrCat(workload.name, ": share of waits that were longer"),
             body);
}

}  // namespace scxx::bench
