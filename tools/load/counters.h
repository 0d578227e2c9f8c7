// SPDX-License-Identifier: Apache-2.0
// What the kernel and the CPU count about tasks and the machine. A figure that the kernel does not
// offer reads as 0.
#ifndef SCXX_TOOLS_LOAD_COUNTERS_H_
#define SCXX_TOOLS_LOAD_COUNTERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "framework/base/units.h"

namespace scxx::load {

// The whole of a small file of procfs or sysfs; empty when it cannot be read.
std::string ReadSmallFile(const char* path);

// CPU time and run delay of a task, from /proc/.../schedstat.
struct SchedStat {
  Nanos cpu;
  Nanos run_delay;
};
SchedStat ParseSchedStat(absl::string_view text);
SchedStat ReadOwnSchedStat();

// Voluntary and involuntary context switches of the calling thread so far.
struct Switches {
  int64_t voluntary = 0;
  int64_t involuntary = 0;
};
Switches ReadOwnSwitches();

// Context switches of the whole machine since boot ("ctxt" of /proc/stat).
int64_t ParseMachineSwitches(absl::string_view proc_stat);
int64_t ReadMachineSwitches();

// Instructions retired by this process and the children it forks later, where the machine can count
// them. Construct before forking; counts between Start and Stop. Without a hardware counter (most
// virtual machines) or permission, Stop returns nothing.
class InstructionCounter {
 public:
  InstructionCounter();
  InstructionCounter(const InstructionCounter&) = delete;
  InstructionCounter& operator=(const InstructionCounter&) = delete;
  ~InstructionCounter();

  void Start();
  std::optional<int64_t> Stop();

 private:
  int fd_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_COUNTERS_H_
