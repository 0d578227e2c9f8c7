// SPDX-License-Identifier: Apache-2.0
//
// Traces of simulated runs, as files.
//
//   TraceWriter    what a run's tracer calls, record by record
//   TextTrace      a line a record: "1204300 cpu2 running task5 0 hog" (nanoseconds, CPU, what,
//                  task, value as docs/simulation.md has it, the task's name)
//   ChromeTrace    JSON that Perfetto (ui.perfetto.dev) and chrome://tracing open: a track a CPU
//                  with a slice each time a task runs, instants for wakeups, faults, CPUs that go
//                  offline and come back, and aborts
//
// Nothing is kept but what runs now on each CPU. The stream must outlive the writer. One thread.

#ifndef SCXX_TOOLS_SCHEDSIM_TRACE_WRITER_H_
#define SCXX_TOOLS_SCHEDSIM_TRACE_WRITER_H_

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "framework/sim/core/trace.h"
#include "framework/sim/faults.h"

namespace scxx {

class TraceWriter {
 public:
  virtual ~TraceWriter() = default;
  virtual void Add(const sim::TraceRecord& record, absl::string_view comm) = 0;
  // Call it once, after the last record.
  virtual void Finish() = 0;
};

class TextTrace final : public TraceWriter {
 public:
  explicit TextTrace(std::ostream& out) : out_(out) {}
  void Add(const sim::TraceRecord& record, absl::string_view comm) override;
  void Finish() override {}

 private:
  std::ostream& out_;
};

class ChromeTrace final : public TraceWriter {
 public:
  ChromeTrace(std::ostream& out, int nr_cpus);
  void Add(const sim::TraceRecord& record, absl::string_view comm) override;
  void Finish() override;

 private:
  struct Slice {
    Instant begin;
    std::optional<Instant> end;
    bool changing = false;  // its task is being changed, and will run on
    uint32_t task = 0;
    std::string comm;
  };

  // The slice of the task, if that is the latest of its CPU.
  Slice* Find(uint32_t task);
  void Begin(const sim::TraceRecord& record, absl::string_view comm);
  void End(const sim::TraceRecord& record);
  void NoteChange(const sim::TraceRecord& record);
  // Writes the slice of a CPU, which ends now if it has not before.
  void Flush(size_t cpu);
  void AddInstant(const sim::TraceRecord& record, absl::string_view scope, absl::string_view name);
  void Emit(absl::string_view event);

  std::ostream& out_;
  const std::vector<std::string> fault_names_ = sim::FaultNames();
  std::vector<std::optional<Slice>> slices_;  // by CPU: the latest
  uint32_t stopped_ = sim::kNoTask;           // just now, and not because its turn was over
  Instant last_;
  bool first_ = true;
};

// ChromeTrace for a name that ends in ".json", else TextTrace.
std::unique_ptr<TraceWriter> MakeTraceWriter(absl::string_view name, std::ostream& out,
                                             int nr_cpus);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_TRACE_WRITER_H_
