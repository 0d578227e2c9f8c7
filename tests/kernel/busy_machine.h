// SPDX-License-Identifier: Apache-2.0
//
// BusyMachine: a hog, sleepers, a process that forks, and a sleeper of the last CPU alone, for as
// long as the object lives. Not more: under emulation all CPUs share one, and an attach is long.
//
//   BusyMachine load;
//   ... take CPUs away ...
//   EXPECT_THAT(load.Lost(), IsEmpty());     // every task has gone on since this was called
//
// Threading and ownership: as Crew's, of tools/load/crew.h.

#ifndef SCXX_TESTS_KERNEL_BUSY_MACHINE_H_
#define SCXX_TESTS_KERNEL_BUSY_MACHINE_H_

#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "tools/load/affinity.h"
#include "tools/load/clock.h"
#include "tools/load/crew.h"
#include "tools/load/workloads/demo.h"

namespace scxx {

class BusyMachine {
 public:
  BusyMachine() {
    SCXX_CHECK(load::Demo({.sleepers = 4, .pairs = 0, .hogs = 1, .forkers = 1}).Build(crew_).ok());
    crew_.Add("pinned", SleepOnTheLastCpu);
    SCXX_CHECK(crew_.Start(/*seed=*/1, load::Now() + Seconds(60)).ok());
    crew_.Open();
  }
  // Asks for the end of each, that none is left in the middle of a message.
  ~BusyMachine() {
    crew_.Stop();
    crew_.AwaitAll(load::Now() + Seconds(60));
  }

  // The tasks that do not do anything more, though all may for a minute.
  std::vector<std::string> Lost() const {
    std::vector<int64_t> before;
    for (size_t i = 0; i < crew_.size(); ++i) before.push_back(crew_.slot(i).ops.load());
    const Instant deadline = load::Now() + Seconds(60);
    std::vector<std::string> lost;
    do {
      usleep(10'000);  // lint: allow banned-call, because other processes' memory tells nobody
      lost.clear();
      for (size_t i = 0; i < crew_.size(); ++i) {
        if (crew_.slot(i).ops.load() > before[i]) continue;
        lost.push_back(absl::StrCat(crew_.member(i).task_class, " ", i));
      }
    } while (!lost.empty() && load::Now() < deadline);
    return lost;
  }

 private:
  // Where that is offline the kernel gives it another one, and for ever.
  static void SleepOnTheLastCpu(load::Task& task) {
    const CpuId last(static_cast<int>(sysconf(_SC_NPROCESSORS_CONF)) - 1);
    while (!task.stopping()) {
      load::SetAllowedCpus(0, CpuSet::Only(last));  // refused while it is offline
      task.SleepUntil(task.Progress() + Millis(5));
    }
  }

  load::Crew crew_;
};

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_BUSY_MACHINE_H_
