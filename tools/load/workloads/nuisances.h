// SPDX-License-Identifier: Apache-2.0
// What gets in the way of others: crowds, real-time tasks, kernel threads kept busy, memory taken.
// They run beside a load that measures; what they report themselves is of little use.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_NUISANCES_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_NUISANCES_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/load/crew.h"
#include "tools/load/flag_set.h"
#include "tools/load/workload.h"

namespace scxx::load {

// Tasks that want the CPU all the time, or for a burst of each period, in a scheduling class of
// theirs, on one CPU or on any.
class Spinners : public Workload {
 public:
  struct Options {
    int tasks = 1;
    int cpu = -1;                                 // The only one they may run on; -1: any.
    std::string policy = "other";                 // other, batch, idle; as root fifo, deadline.
    absl::Duration burst = absl::ZeroDuration();  // Zero: all the time.
    absl::Duration period = absl::Milliseconds(10);
    absl::Duration duration = absl::Seconds(4);
  };
  explicit Spinners(const Options& options) : options_(options) {}

  std::string name() const override { return "spin"; }
  std::string unit() const override { return "chunk"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Duration duration() const override { return options_.duration; }
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

// A kernel's setting in a file, as "1" in /sys/kernel/mm/ksm/run, changed until this goes.
class ScopedSetting {
 public:
  // Errors: there is no such file, or it may not be written.
  static absl::StatusOr<std::unique_ptr<ScopedSetting>> Change(const std::string& file,
                                                               const std::string& value);
  ScopedSetting(const ScopedSetting&) = delete;
  ScopedSetting& operator=(const ScopedSetting&) = delete;
  ~ScopedSetting();

 private:
  ScopedSetting(std::string file, std::string before)
      : file_(std::move(file)), before_(std::move(before)) {}

  const std::string file_, before_;
};

// Keeps two kernel threads busy that work by the pages of ordinary tasks, and both on one CPU:
// ksmd, which looks for equal pages (nice 5), and khugepaged, which makes large pages of small ones
// (nice 19). As root; the kernel's settings are put back at the end, unless the program is killed.
class KernelThreads : public Workload {
 public:
  struct Options {
    int cpu = 0;         // Where the kernel threads may run; -1: anywhere.
    int megabytes = 64;  // Equal pages for them to look at.
    absl::Duration duration = absl::Seconds(4);
  };
  explicit KernelThreads(const Options& options) : options_(options) {}

  std::string name() const override { return "kernel_threads"; }
  std::string unit() const override { return "round"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Duration duration() const override { return options_.duration; }
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
  std::vector<std::unique_ptr<ScopedSetting>> settings_;
};

// Processes that take memory and end, one after the other. An operation is one of them.
class MemoryEaters : public Workload {
 public:
  struct Options {
    int tasks = 1;      // Eaters at the same time.
    int megabytes = 0;  // Each; 0: until the kernel kills it, which it does before all others.
    absl::Duration duration = absl::Seconds(4);
  };
  explicit MemoryEaters(const Options& options) : options_(options) {}

  std::string name() const override { return "memory"; }
  std::string unit() const override { return "process"; }
  void RegisterFlags(FlagSet& flags) override;
  absl::Duration duration() const override { return options_.duration; }
  absl::Status Build(Crew& crew) override;

 private:
  Options options_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_NUISANCES_H_
