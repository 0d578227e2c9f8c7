// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/trace_writer.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/sim/core/core.h"
#include "framework/stats/json_string.h"

namespace scxx {
namespace {

using sim::TraceKind;
using sim::TraceRecord;

// Chrome's times are microseconds.
std::string MicrosOf(int64_t nanos) {
  return absl::StrFormat("%d.%03d", nanos / 1000, nanos % 1000);
}

}  // namespace

std::unique_ptr<TraceWriter> MakeTraceWriter(absl::string_view name, std::ostream& out,
                                             int nr_cpus) {
  if (absl::EndsWith(name, ".json")) return std::make_unique<ChromeTrace>(out, nr_cpus);
  return std::make_unique<TextTrace>(out);
}

void TextTrace::Add(const TraceRecord& record, absl::string_view comm) {
  out_ << record;
  if (!comm.empty()) out_ << ' ' << comm;
  out_ << '\n';
}

ChromeTrace::ChromeTrace(std::ostream& out, int nr_cpus) : out_(out), slices_(nr_cpus) {
  out_ << "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [";
  Emit(R"({"ph": "M", "name": "process_name", "pid": 0, "args": {"name": "machine"}})");
  for (int cpu = 0; cpu < nr_cpus; ++cpu) {
    Emit(absl::StrFormat(
        R"({"ph": "M", "name": "thread_name", "pid": 0, "tid": %d, "args": {"name": "CPU %d"}})",
        cpu, cpu));
  }
}

void ChromeTrace::Emit(absl::string_view event) {
  out_ << (first_ ? "\n" : ",\n") << event;
  first_ = false;
}

void ChromeTrace::Add(const TraceRecord& record, absl::string_view comm) {
  last_ = record.time;
  switch (record.kind) {
    case TraceKind::kRunning:
      return Begin(record, comm);
    case TraceKind::kStopping:
      stopped_ = record.value == 0 ? record.task : sim::kNoTask;
      return End(record);
    case TraceKind::kQuiescent:
      NoteChange(record);
      stopped_ = sim::kNoTask;
      return;
    case TraceKind::kRunnable:
      if ((record.value & sim::kEnqWakeup) != 0) {
        AddInstant(record, "t", absl::StrCat("wake ", comm, " ", record.task));
      }
      return;
    case TraceKind::kFault:
      return AddInstant(record, "p", absl::StrCat("fault ", fault_names_[record.value]));
    case TraceKind::kHotplug:
      return AddInstant(
          record, "p",
          absl::StrCat("CPU ", record.value >> 8, record.value & 1 ? " online" : " offline"));
    case TraceKind::kAbort:
      return AddInstant(record, "p", "abort");
    default:
      return;
  }
}

ChromeTrace::Slice* ChromeTrace::Find(uint32_t task) {
  Slice* found = nullptr;
  for (std::optional<Slice>& slice : slices_) {
    if (!slice.has_value() || slice->task != task) continue;
    if (found == nullptr || slice->begin >= found->begin) found = &*slice;
  }
  return found;
}

void ChromeTrace::Begin(const TraceRecord& record, absl::string_view comm) {
  if (Slice* const slice = Find(record.task); slice != nullptr && slice->changing) {
    slice->changing = false;
    slice->end.reset();
    return;
  }
  Flush(record.cpu);
  slices_[record.cpu] = {.begin = record.time, .task = record.task, .comm = std::string(comm)};
}

// Whoever stops it may be another CPU.
void ChromeTrace::End(const TraceRecord& record) {
  Slice* const slice = Find(record.task);
  if (slice != nullptr && !slice->end.has_value()) slice->end = record.time;
}

// A change of a running task stops it and lets it run on, at one time, in the records of the CPU
// that makes the change.
void ChromeTrace::NoteChange(const TraceRecord& record) {
  Slice* const slice = Find(record.task);
  if (slice != nullptr && stopped_ == record.task && record.value == sim::kDequeueSchedChange) {
    slice->changing = true;
  }
}

void ChromeTrace::Flush(size_t cpu) {
  if (!slices_[cpu].has_value()) return;
  const Slice& slice = *slices_[cpu];
  const Nanos time = slice.end.value_or(last_) - slice.begin;
  Emit(absl::StrFormat(
      R"({"ph": "X", "pid": 0, "tid": %d, "ts": %s, "dur": %s, "name": %s, "args": {"task": %d}})",
      cpu, MicrosOf(slice.begin.nanos()), MicrosOf(time.count()), JsonString(slice.comm),
      slice.task));
  slices_[cpu].reset();
}

void ChromeTrace::AddInstant(const TraceRecord& record, absl::string_view scope,
                             absl::string_view name) {
  Emit(absl::StrFormat(R"({"ph": "i", "s": "%s", "pid": 0, "tid": %d, "ts": %s, "name": %s})",
                       std::string(scope), record.cpu, MicrosOf(record.time.nanos()),
                       JsonString(name)));
}

void ChromeTrace::Finish() {
  for (size_t cpu = 0; cpu < slices_.size(); ++cpu) Flush(cpu);
  out_ << "\n]}\n";
}

}  // namespace scxx
