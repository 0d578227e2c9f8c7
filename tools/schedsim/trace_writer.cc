// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/trace_writer.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace scxx {
namespace {

using sim::TraceKind;
using sim::TraceRecord;

constexpr uint64_t kEnqueueWakeup = 1;  // SCX_ENQ_WAKEUP

// Chrome's times are microseconds.
std::string MicrosOf(int64_t nanos) {
  return absl::StrFormat("%d.%03d", nanos / 1000, nanos % 1000);
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  return out + '"';
}

}  // namespace

std::unique_ptr<TraceWriter> MakeTraceWriter(std::string_view name, std::ostream& out,
                                             int nr_cpus) {
  if (name.ends_with(".json")) return std::make_unique<ChromeTrace>(out, nr_cpus);
  return std::make_unique<TextTrace>(out);
}

void TextTrace::Add(const TraceRecord& record, std::string_view comm) {
  out_ << record;
  if (!comm.empty()) out_ << ' ' << comm;
  out_ << '\n';
}

ChromeTrace::ChromeTrace(std::ostream& out, int nr_cpus) : out_(out), running_(nr_cpus) {
  out_ << "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [";
  Emit(R"({"ph": "M", "name": "process_name", "pid": 0, "args": {"name": "machine"}})");
  for (int cpu = 0; cpu < nr_cpus; ++cpu) {
    Emit(absl::StrFormat(
        R"({"ph": "M", "name": "thread_name", "pid": 0, "tid": %d, "args": {"name": "CPU %d"}})",
        cpu, cpu));
  }
}

void ChromeTrace::Emit(std::string_view event) {
  out_ << (first_ ? "\n" : ",\n") << event;
  first_ = false;
}

void ChromeTrace::Add(const TraceRecord& record, std::string_view comm) {
  last_ = record.time;
  switch (record.kind) {
    case TraceKind::kRunning:
      return Begin(record, comm);
    case TraceKind::kStopping:
      return End(record.cpu, record.time);
    case TraceKind::kRunnable:
      if ((record.value & kEnqueueWakeup) != 0) {
        AddInstant(record, "t", absl::StrCat("wake ", std::string(comm), " ", record.task));
      }
      return;
    case TraceKind::kFault:
      return AddInstant(record, "p", absl::StrCat("fault ", record.value));
    case TraceKind::kAbort:
      return AddInstant(record, "p", "abort");
    default:
      return;
  }
}

void ChromeTrace::Begin(const TraceRecord& record, std::string_view comm) {
  End(record.cpu, record.time);
  running_[record.cpu] = {record.time, record.task, std::string(comm)};
}

void ChromeTrace::End(int cpu, Instant time) {
  if (!running_[cpu].has_value()) return;
  const Slice& slice = *running_[cpu];
  Emit(absl::StrFormat(
      R"({"ph": "X", "pid": 0, "tid": %d, "ts": %s, "dur": %s, "name": %s, "args": {"task": %d}})",
      cpu, MicrosOf(slice.begin.nanos()), MicrosOf((time - slice.begin).count()),
      Quoted(slice.comm), slice.task));
  running_[cpu].reset();
}

void ChromeTrace::AddInstant(const TraceRecord& record, std::string_view scope,
                             std::string_view name) {
  Emit(absl::StrFormat(R"({"ph": "i", "s": "%s", "pid": 0, "tid": %d, "ts": %s, "name": %s})",
                       std::string(scope), record.cpu, MicrosOf(record.time.nanos()),
                       Quoted(name)));
}

void ChromeTrace::Finish() {
  for (size_t cpu = 0; cpu < running_.size(); ++cpu) End(static_cast<int>(cpu), last_);
  out_ << "\n]}\n";
}

}  // namespace scxx
