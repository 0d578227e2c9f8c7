// SPDX-License-Identifier: Apache-2.0
//
// Faults: what goes wrong on a computer, and how often. Each is a mean time between two of its
// kind; zero is never. All chance comes from the run's seed.
//
//   Faults faults(computer, {.stop_agent = Millis(50)}, /*until=*/computer.now() + Millis(200));
//   faults.Start();
//   computer.SetHandler([&](const Event& e) { faults.Inject(e); });

#ifndef SCXX_FRAMEWORK_SIM_FAULTS_H_
#define SCXX_FRAMEWORK_SIM_FAULTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "bpf/wire.h"
#include "framework/base/cpu_set.h"
#include "framework/base/random.h"
#include "framework/base/units.h"
#include "framework/sim/computer.h"
#include "framework/sim/core/event_queue.h"

namespace scxx::sim {

struct FaultRates {
  Nanos delay_agent = {};   // a cycle of the agent takes up to `delay` longer
  Nanos stop_agent = {};    // SIGSTOP, SIGCONT up to `stop` later
  Nanos kill_agent = {};    // once
  Nanos affinity = {};      // a task gets another set of CPUs
  Nanos nice = {};          // a task gets another nice value
  Nanos kill_task = {};     // a task exits as soon as it next runs
  Nanos change_class = {};  // a task leaves sched_ext and comes back
  Nanos wake = {};          // a sleeping task is woken for nothing, from any CPU
  Nanos hostile = {};       // the agent's process writes nonsense into all it can write
  Nanos hotplug = {};       // a CPU goes offline, or comes back
  Nanos cgroup = {};        // a task moves to another cgroup
  Nanos jitter = {};        // a CPU's clock and tick are off by up to `skew`, either way
  Nanos interrupt = {};     // a higher class takes a CPU for up to `interruption`
  Nanos suspend = {};       // all CPUs stop for up to `suspension`, and the clock goes on
  Nanos no_migration = {};  // a running task may not leave its CPU for up to `stay`
  uint32_t event_ring = 0;  // entries of an event ring; 0: as usual

  Nanos delay = Millis(3);
  Nanos stop = Millis(60);
  Nanos skew = Micros(50);
  Nanos interruption = Millis(2);
  Nanos suspension = Millis(60);
  Nanos stay = Millis(5);

  bool any() const;
};

// "stop_agent=50ms kill_task=10ms", or "none".
std::string ToString(const FaultRates& rates);

// The names that ToString uses, of all faults that have a mean time.
std::vector<std::string> FaultNames();
// False: there is no such fault.
bool SetFault(absl::string_view name, Nanos mean_time, FaultRates* rates);

class Faults {
 public:
  // None is injected from `until` on.
  Faults(Computer& computer, const FaultRates& rates, Instant until);

  // Puts the first of each kind on the machine's agenda.
  void Start();
  // A kFault event.
  void Inject(const Event& event);

 private:
  void ScheduleNext(uint32_t kind);
  void InjectIntoAgent(uint32_t kind);
  void InjectIntoTask(uint32_t kind, task_struct& p, int cpu);
  void InjectIntoCpu(uint32_t kind, int cpu);
  void Hotplug(int cpu);
  void Suspend();
  void DisableMigration(int cpu);
  void EnableMigration(uint32_t task);
  // What follows from an earlier fault. False: the event is another, of a fault that begins.
  bool EndFault(const Event& event);
  void FollowUp(Nanos after, uint32_t kind, uint32_t target);
  Nanos Skew();
  void ScribbleRecords();
  void MisdirectRecord(scxx_dispatch_ring& ring);
  void ScribbleWords();
  Population::Task& AnyTask();
  CpuSet RandomCpus();
  int AnyCpu();

  Computer& computer_;
  const FaultRates rates_;
  const Instant until_;
  Random random_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_FAULTS_H_
