// SPDX-License-Identifier: Apache-2.0
//
// Checkers: what must hold on a machine after every event, and within which time. They look at the
// core's state and at the dispatcher's from outside and change nothing.
//
//   Checkers checkers(computer, {.max_wait = Seconds(2)});
//   computer.SetObserver([&](const Event&) { checkers.AfterEvent(); });
//
// After an event they look at what it touched (Core::touched()); once a simulated millisecond, and
// at the end, at everything.
//
// The first violation ends the run; its text begins with the checker's name:
//
//   lost        a task that the core has handed over is in user custody, where the lease sees it;
//               and one that the dispatcher says is there, really waits; unless that is of a time
//               before a suspend, which takes tasks back without a word
//   place       a runnable task is in one place: on one CPU, in one DSQ, or with BPF
//   affinity    no task runs where it may not
//   record      a wait that ends by a decision ends by the one that was made for it
//   mask        no CPU that runs a task counts as idle; that it still does after a
//               suspend, of which nobody is told, is allowed for max_stale
//   balance     queued = dispatched + cancelled + reclaimed + gone + in custody
//   rings       no ring holds more than it can
//   wait        no runnable task waits for longer than max_wait
//   idle        no CPU has nothing to run but the agent for longer than max_idle beside a task that
//               waits and may run there
//   fair        tasks that compete get CPU time by weight (fair_shares.h)
//   bounded     no runnable task waits for a quarter as long as the kernel's watchdog allows, if it
//               may use a CPU that no higher class keeps; whatever the policy and the load are
//   headroom    no runnable task waits for half as long as the kernel's watchdog allows
//   livelock    (the machine's own) time passes
//   ejected     (the core's own) the kernel would have ejected the scheduler

#ifndef SCXX_FRAMEWORK_SIM_CHECKS_CHECKERS_H_
#define SCXX_FRAMEWORK_SIM_CHECKS_CHECKERS_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "framework/sim/checks/fair_shares.h"
#include "framework/sim/computer.h"

namespace scxx::sim {

struct CheckerBounds {
  // Of a runnable task. The kernel's watchdog is at 5 s.
  Nanos max_wait = Seconds(2);
  Nanos max_idle = Millis(20);
  // That a CPU counts as idle which has become busy while the kernel scheduled by itself.
  Nanos max_stale = Millis(50);
  // For a policy that promises shares by weight.
  FairBounds fair = {};
  // False where the agent's process writes nonsense: `rings` and `record` do not hold.
  bool sane_agent = true;
};

class Checkers {
 public:
  Checkers(Computer& computer, const CheckerBounds& bounds)
      : computer_(computer),
        bounds_(bounds),
        words_(computer.options().config.max_tasks),
        taken_(computer.options().config.max_tasks),
        balances_(computer.core().nr_cpus()),
        busy_(computer.core().nr_cpus()),
        kept_(computer.core().nr_cpus()),
        shares_(computer) {}

  // The bounds from now on, for waits that began before as well.
  void SetBounds(const CheckerBounds& bounds) {
    bounds_ = bounds;
    shares_.Forget();
  }

  void AfterEvent();
  // Looks at everything.
  void Sweep();

  // The longest wait so far: watchdog headroom.
  Nanos longest_wait() const { return longest_wait_; }
  const FairShares& shares() const { return shares_; }

 private:
  void StartAnew();
  void CheckCpu(int cpu);
  void CheckTask(const Population::Task& task);
  void CheckCustody(const task_struct& p);
  // Time in which no CPU ran is nobody's idleness.
  void ForgiveStandstill();
  void CheckPlace(const task_struct& p);
  void CheckRecord(const task_struct& p, uint64_t before, uint64_t word);
  // What a slot's word says is counted once.
  void CountSlot(uint32_t slot, uint64_t word);
  void CheckMask(int cpu);
  void CountBalance(int cpu);
  void CheckBalance();
  void CheckRing(int cpu);
  void CheckTimes();
  void NoteHigher(int cpu);
  // How long one of the task's CPUs has been free of higher classes while it waited.
  Nanos WaitedForFree(const task_struct& p) const;
  void CheckWaits();
  void CheckWait(const task_struct& p);
  void CheckIdle();
  void Fail(absl::string_view checker, absl::string_view what, const task_struct* p = nullptr);

  Computer& computer_;
  CheckerBounds bounds_;
  uint64_t attachments_ = 0;       // that what follows is about
  int64_t in_custody_ = 0;         // as the words say
  std::vector<uint64_t> words_;    // by slot, as last seen; 0: no task's
  std::vector<uint64_t> taken_;    // by slot: the word of a task that a suspend has taken back
  std::vector<int> slots_;         // by task, as last seen; -1: none
  int64_t balance_ = 0;            // the sum of
  std::vector<int64_t> balances_;  // by CPU: its part of the sum that has to be 0
  struct Busy {
    bool now = false;  // with another task than the agent
    Instant last;
  };
  std::vector<Busy> busy_;  // by CPU
  // Of a higher class that keeps a CPU, which is more than to interrupt it now and then.
  struct Kept {
    Instant free;   // last time without a task of a higher class
    Instant until;  // last time at which one kept it
  };
  std::vector<Kept> kept_;  // by CPU
  Nanos stood_;
  Instant bypassed_;  // last
  Nanos longest_wait_;
  std::vector<const task_struct*> waiting_;
  Instant next_sweep_;
  FairShares shares_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CHECKS_CHECKERS_H_
