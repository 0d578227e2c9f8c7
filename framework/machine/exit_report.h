// SPDX-License-Identifier: Apache-2.0
//
// Why the machine let go of the scheduler, in the kernel's own words. The simulator uses the same.
//
//   ExitReport report = ...;
//   if (report.ShouldRestart()) ...               // a CPU came or went: load again
//   if (report.IsEjection()) std::cerr << report.ToString();
//
// A plain value: copy it as you like.

#ifndef SCXX_FRAMEWORK_MACHINE_EXIT_REPORT_H_
#define SCXX_FRAMEWORK_MACHINE_EXIT_REPORT_H_

#include <cstdint>
#include <string>

namespace scxx {

// The kernel's numbers; the gaps are the kernel's, too.
enum class ExitKind : uint64_t {
  kNone = 0,  // still attached, or never was
  kDone = 1,
  kUnregistered = 64,        // we detached
  kUnregisteredBpf = 65,     // our BPF program asked for it
  kUnregisteredKernel = 66,  // the kernel asked for it: see the code
  kSysrq = 67,               // somebody pressed SysRq-S
  kError = 1024,             // from here on the kernel ejected the scheduler
  kErrorBpf = 1025,
  kErrorStall = 1026,  // a task was runnable for longer than the watchdog allows
};

struct ExitReport {
  uint64_t kind = 0;         // an ExitKind, or one that newer kernels have
  int64_t code = 0;          // for kUnregisteredBpf and kUnregisteredKernel
  std::string reason = {};   // "runnable task stall"
  std::string message = {};  // "fifo[123] failed to run for 5.001s"
  std::string dump = {};     // state of the CPUs and tasks at that time; many lines, or empty

  // The kernel has let go.
  bool Exited() const { return kind != static_cast<uint64_t>(ExitKind::kNone); }

  // It did so because of an error, and the machine runs on its default scheduler.
  bool IsEjection() const { return kind >= static_cast<uint64_t>(ExitKind::kError); }

  // This process detached.
  bool IsOwnWish() const { return kind == static_cast<uint64_t>(ExitKind::kUnregistered); }

  // It asks to be attached again, because of CPU hotplug for instance.
  bool ShouldRestart() const;

  // CPU hotplug was the reason.
  bool IsHotplug() const;

  // What a kernel says that has ended a scheduler because of hotplug.
  static ExitReport OfHotplug();

  // "runnable task stall: fifo[123] failed to run for 5.001s", one line. After a stall it names the
  // tasks of higher classes that had a CPU, as far as the dump does (kept_cpus.h).
  std::string Summary() const;

  // The dump, but fit for a terminal: it holds names of tasks, which are anybody's to choose. So
  // are the summary and what follows.
  std::string PrintableDump() const;

  // The summary, then the dump if there is one; ends with a line break.
  std::string ToString() const;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_EXIT_REPORT_H_
