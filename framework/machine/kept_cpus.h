// SPDX-License-Identifier: Apache-2.0
//
// Which CPUs were a higher class's when the kernel ejected a scheduler, and whose. Tasks of
// SCHED_FIFO, SCHED_RR and SCHED_DEADLINE go before everything that sched_ext has, so where one of
// them keeps a CPU it is the one to look at, and not the scheduler.
//
//   DescribeKeptCpus(report.dump)
//       // "CPU 1 ran audio[77] of SCHED_FIFO or SCHED_RR, which go before sched_ext"
//
// A plain function of the kernel's dump; safe from every thread.

#ifndef SCXX_FRAMEWORK_MACHINE_KEPT_CPUS_H_
#define SCXX_FRAMEWORK_MACHINE_KEPT_CPUS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace scxx {

// One line. Empty if there are none, or if the dump was cut before them. The names in it are
// anybody's to choose, and not escaped yet.
std::string DescribeKeptCpus(absl::string_view dump);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_KEPT_CPUS_H_
