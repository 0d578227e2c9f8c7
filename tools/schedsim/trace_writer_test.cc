// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/trace_writer.h"
#include "absl/strings/string_view.h"

#include <json/reader.h>
#include <json/value.h>

#include <map>
#include <sstream>
#include <string>

#include "framework/base/units.h"
#include "framework/sim/core/trace.h"
#include "framework/sim/faults.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "tools/schedsim/policies.h"

namespace scxx {
namespace {

using sim::TraceKind;

constexpr int kCpus = 2;

// What a short run under fifo writes to a file of this name.
sim::RunResult RunTraced(const char* name, std::ostream& out, const sim::FaultRates& faults = {}) {
  const std::unique_ptr<TraceWriter> writer = MakeTraceWriter(name, out, kCpus);
  const sim::RunResult result =
      sim::RunSimulation({.topology = {.cores_per_llc = kCpus},
                          .workload = *sim::BuiltinWorkload("periodic", kCpus),
                          .duration = faults.any() ? Millis(200) : Millis(30),
                          .faults = faults,
                          .tracer = [&](const sim::TraceRecord& record,
                                        absl::string_view comm) { writer->Add(record, comm); }},
                         *FindPolicy("fifo"));
  writer->Finish();
  EXPECT_EQ(result.failure, "");
  return result;
}

Json::Value Parse(const std::string& text) {
  Json::Value root;
  std::string errors;
  std::istringstream in(text);
  EXPECT_TRUE(Json::parseFromStream(Json::CharReaderBuilder(), in, &root, &errors)) << errors;
  return root;
}

TEST(TraceWriter, TextHasALineARecord) {
  std::ostringstream out;
  TextTrace trace(out);
  trace.Add({.time = Instant(1204300), .kind = TraceKind::kRunning, .cpu = 2, .task = 5}, "hog");
  trace.Add({.time = Instant(1204400), .kind = TraceKind::kUpdateIdle, .cpu = 1, .value = 1}, "");
  EXPECT_EQ(out.str(), "1204300 cpu2 running task5 0 hog\n1204400 cpu1 update_idle 1\n");
}

TEST(TraceWriter, ChromeHasATrackACpuAndASliceARun) {
  std::ostringstream out;
  ChromeTrace trace(out, 1);
  trace.Add({.time = Instant(1000), .kind = TraceKind::kRunnable, .task = 3, .value = 1}, "a\"b");
  trace.Add({.time = Instant(2000), .kind = TraceKind::kRunning, .task = 3}, "a\"b");
  trace.Add({.time = Instant(4500), .kind = TraceKind::kStopping, .task = 3}, "a\"b");
  trace.Add({.time = Instant(5000), .kind = TraceKind::kRunning, .task = 0}, "agent");
  trace.Add({.time = Instant(6000), .kind = TraceKind::kFault, .value = 2}, "");
  trace.Finish();
  const Json::Value events = Parse(out.str())["traceEvents"];
  ASSERT_EQ(events.size(), 6u);
  EXPECT_EQ(events[1]["args"]["name"].asString(), "CPU 0");
  EXPECT_EQ(events[2]["name"].asString(), "wake a\"b 3");
  EXPECT_EQ(events[2]["ph"].asString(), "i");
  EXPECT_EQ(events[3]["ph"].asString(), "X");
  EXPECT_EQ(events[3]["ts"].asDouble(), 2.0);
  EXPECT_EQ(events[3]["dur"].asDouble(), 2.5);
  EXPECT_EQ(events[4]["ph"].asString(), "i");
  // Cut off by the end of the trace.
  EXPECT_EQ(events[5]["name"].asString(), "agent");
  EXPECT_EQ(events[5]["dur"].asDouble(), 1.0);
}

// What a trace for Perfetto says of a run: that its slices are those of tasks on CPUs, and how many
// of them and of its instants have a name.
using Counts = std::map<std::string, uint64_t>;

Counts CheckTracks(const sim::RunResult& result, const std::string& text) {
  std::map<int, double> end_of;  // by track
  Counts slices, instants;
  const Json::Value root = Parse(text);
  for (const Json::Value& event : root["traceEvents"]) {
    if (event["ph"] == "i") ++instants[event["name"].asString()];
    if (event["ph"] != "X") continue;
    const int cpu = event["tid"].asInt();
    EXPECT_LT(cpu, kCpus);
    // Slices of a track do not overlap; a nanosecond for the rounding of doubles.
    EXPECT_GE(event["ts"].asDouble() + 0.001, end_of[cpu]) << "CPU " << cpu;
    EXPECT_GE(event["dur"].asDouble(), 0);
    end_of[cpu] = event["ts"].asDouble() + event["dur"].asDouble();
    ++slices[event["name"].asString()];
  }
  EXPECT_EQ(end_of.size(), static_cast<size_t>(kCpus));
  for (size_t i = 0; i < result.groups.size(); ++i) {
    EXPECT_EQ(slices[result.names[i]], result.groups[i].switches) << result.names[i];
  }
  return instants;
}

TEST(TraceWriter, ARunFillsItsTracks) {
  std::ostringstream out;
  const sim::RunResult result = RunTraced("trace.json", out);
  uint64_t wakeups = 0;
  for (const auto& [name, count] : CheckTracks(result, out.str())) {
    if (name.rfind("wake periodic", 0) == 0) wakeups += count;
  }
  EXPECT_EQ(wakeups, result.groups[1].wakeups);
}

constexpr sim::FaultRates kHotplugAndChanges = {
    .affinity = Millis(1), .nice = Millis(1), .hotplug = Millis(10)};

// CPU 1 goes and comes, and what runs there is stopped and changed by CPU 0.
TEST(TraceWriter, TracksSurviveHotplugAndChangesOfWhatRuns) {
  std::ostringstream out;
  const sim::RunResult result = RunTraced("trace.json", out, kHotplugAndChanges);
  EXPECT_GT(result.attachments, 4u);
  Counts instants = CheckTracks(result, out.str());
  EXPECT_GT(instants["CPU 1 offline"], 2u);
  EXPECT_NEAR(static_cast<double>(instants["CPU 1 online"]),
              static_cast<double>(instants["CPU 1 offline"]), 1);
  // It may come back before the scheduler is attached again.
  EXPECT_LE(result.attachments, instants["CPU 1 online"] + instants["CPU 1 offline"] + 1);
  EXPECT_GT(instants["fault hotplug"], 4u);
  EXPECT_GT(instants["fault nice"], 40u);
}

TEST(TraceWriter, ATextNamesTheCpuThatGoes) {
  std::ostringstream out;
  const sim::RunResult result = RunTraced("trace", out, kHotplugAndChanges);
  std::istringstream lines(out.str());
  Counts counts;
  int64_t last = 0;
  for (std::string line; std::getline(lines, line);) {
    const int64_t time = std::stoll(line);
    EXPECT_GE(time, last);
    last = time;
    ++counts[line.substr(line.find(' ') + 1)];
  }
  EXPECT_GT(counts["cpu0 hotplug cpu1 offline"], 2u);
  EXPECT_GT(counts["cpu0 hotplug cpu1 online"], 2u);
  EXPECT_GT(result.attachments, 4u);
}

TEST(TraceWriter, TracingChangesNothing) {
  std::ostringstream text, json;
  const sim::RunResult once = RunTraced("trace", text);
  EXPECT_EQ(once.hash, RunTraced("trace.json", json).hash);
  EXPECT_NE(text.str().find(" running task"), std::string::npos);
  EXPECT_EQ(RunTraced("trace", text, kHotplugAndChanges).hash,
            RunTraced("trace.json", json, kHotplugAndChanges).hash);
}

}  // namespace
}  // namespace scxx
