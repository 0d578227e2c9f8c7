// SPDX-License-Identifier: Apache-2.0
#include "tools/load/result.h"

#include <algorithm>

namespace scxx::load {
namespace {

double PerOp(int64_t amount, int64_t ops) {
  return ops == 0 ? 0 : static_cast<double>(amount) / static_cast<double>(ops);
}

SchedUsage TotalUsage(const LoadResult& result) {
  SchedUsage total;
  for (const ClassResult& c : result.classes) {
    total.voluntary_switches += c.usage.voluntary_switches;
    total.involuntary_switches += c.usage.involuntary_switches;
    total.cpu += c.usage.cpu;
    total.run_delay += c.usage.run_delay;
  }
  return total;
}

void AddUsage(const SchedUsage& usage, Record& record) {
  record.Add("switches_voluntary", usage.voluntary_switches);
  record.Add("switches_involuntary", usage.involuntary_switches);
  record.Add("cpu_ns", usage.cpu);
  record.Add("run_delay_ns", usage.run_delay);
}

void AddLatency(const LatencyHistogram& latency, Record& record) {
  if (latency.count() == 0) return;
  Record& out = record.AddRecord("latency");
  out.Add("count", latency.count());
  out.Add("min_ns", latency.min());
  out.Add("mean_ns", latency.mean());
  out.Add("p50_ns", latency.Percentile(50'000));
  out.Add("p90_ns", latency.Percentile(90'000));
  out.Add("p99_ns", latency.Percentile(99'000));
  out.Add("p999_ns", latency.Percentile(99'900));
  out.Add("max_ns", latency.max());
  out.AddPairs("buckets", latency.Buckets());
}

void AddClass(const ClassResult& c, Record& record) {
  record.Add("tasks", c.tasks);
  record.Add("unfinished", c.unfinished);
  record.Add("ops", c.ops);
  record.Add("min_ops", c.min_ops);
  record.Add("max_ops", c.max_ops);
  record.Add("max_gap_ns", c.max_gap);
  record.Add("max_wait_ns", c.max_wait);
  AddUsage(c.usage, record);
  AddLatency(c.latency, record);
}

void AddFault(const FaultResult& fault, Record& record) {
  record.Add("kind", fault.kind);
  record.Add("target_pid", fault.target_pid);
  record.Add("at_ns", fault.at);
  record.Add("for_ns", fault.lasting);
  record.Add("happened", fault.happened);
}

void AddState(const SchedExtState& state, Record& record) {
  record.Add("state", state.state);
  record.Add("ops", state.ops);
  record.Add("nr_rejected", state.nr_rejected);
  record.Add("enable_seq", state.enable_seq);
}

void AddSchedExt(const LoadResult& result, Record& record) {
  if (!result.before.present() && !result.after.present()) return;
  Record& out = record.AddRecord("sched_ext");
  AddState(result.before, out.AddRecord("before"));
  AddState(result.after, out.AddRecord("after"));
  out.Add("changed", result.sched_ext_changed());
  Record& events = out.AddRecord("events");
  for (const auto& [event, count] : EventsBetween(result.before, result.after)) {
    events.Add(event, count);
  }
}

void AddTotals(const LoadResult& result, Record& record) {
  const SchedUsage usage = TotalUsage(result);
  record.Add("wall_ns", result.wall);
  record.Add("unit", result.unit);
  record.Add("ops", result.ops);
  record.Add("ns_per_op", PerOp(result.wall.count(), result.ops));
  record.Add("switches_per_op",
             PerOp(usage.voluntary_switches + usage.involuntary_switches, result.ops));
  AddUsage(usage, record);
  record.Add("switches_machine", result.machine_switches);
  record.Add("switches_machine_per_op", PerOp(result.machine_switches, result.ops));
  if (result.instructions.has_value()) {
    record.Add("instructions", *result.instructions);
    record.Add("instructions_per_op", PerOp(*result.instructions, result.ops));
  }
  record.Add("max_gap_ns", result.max_gap());
  record.Add("max_wait_ns", result.max_wait());
  record.Add("stalled", result.stalled);
}

}  // namespace

const ClassResult* LoadResult::FindClass(const std::string& name) const {
  const auto found = std::find_if(classes.begin(), classes.end(),
                                  [&](const ClassResult& c) { return c.name == name; });
  return found == classes.end() ? nullptr : &*found;
}

std::optional<double> LoadResult::FindFigure(const std::string& name) const {
  for (const auto& [figure, value] : figures) {
    if (figure == name) return value;
  }
  return std::nullopt;
}

Nanos LoadResult::max_gap() const {
  Nanos maximum;
  for (const ClassResult& c : classes) maximum = std::max(maximum, c.max_gap);
  return maximum;
}

Nanos LoadResult::max_wait() const {
  Nanos maximum;
  for (const ClassResult& c : classes) maximum = std::max(maximum, c.max_wait);
  return maximum;
}

bool LoadResult::sched_ext_changed() const {
  return before.state != after.state || before.ops != after.ops ||
         before.enable_seq != after.enable_seq;
}

Record ToRecord(const LoadResult& result) {
  Record record;
  record.Add("workload", result.workload);
  Record& options = record.AddRecord("options");
  for (const auto& [name, value] : result.options) options.Add(name, value);
  AddTotals(result, record);
  for (const auto& [name, value] : result.figures) record.Add(name, value);
  if (result.fault.has_value()) AddFault(*result.fault, record.AddRecord("fault"));
  Record& classes = record.AddRecord("class");
  for (const ClassResult& c : result.classes) AddClass(c, classes.AddRecord(c.name));
  AddSchedExt(result, record);
  return record;
}

}  // namespace scxx::load
