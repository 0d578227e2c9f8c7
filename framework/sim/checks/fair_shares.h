// SPDX-License-Identifier: Apache-2.0
//
// FairShares: whether tasks that compete get CPU time by weight, as a policy with kWeightedShares
// promises. Two tasks that wanted to run throughout a stretch of time, undisturbed, may differ in
// weighted CPU time by a constant, however long the stretch is:
//
//   | got_i / w_i - got_j / w_j | * 1024  <=  2 * bound + turn * 1024 / w_i + turn * 1024 / w_j
//
// A stretch ends for a task that sleeps, exits, or changes its weight or its CPUs, and for all when
// the dispatcher's fallback has scheduled. Not compared: tasks that may not use every CPU, and
// those so heavy that their share is more than half a CPU, which a CPU's slices can hardly give.
//
//   FairShares shares(computer);
//   std::optional<std::string> unfair = shares.Look({.turn = Millis(20)});  // every few ms

#ifndef SCXX_FRAMEWORK_SIM_CHECKS_FAIR_SHARES_H_
#define SCXX_FRAMEWORK_SIM_CHECKS_FAIR_SHARES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/sim/computer.h"

namespace scxx::sim {

struct FairBounds {
  // CPU time that a task may be ahead of others or behind: a slice, what a tick adds to it, and
  // what the agent has ordered beforehand. Zero: nothing is looked at.
  Nanos turn = {};
  // Virtual time by which a policy may prefer one task to another for other reasons than service.
  Nanos bound = Millis(8);
};

class FairShares {
 public:
  explicit FairShares(Computer& computer) : computer_(computer) {}

  // Stretches begin anew.
  void Forget() { marks_.clear(); }

  // Compares, if it is time to. What is wrong, if anything is.
  std::optional<std::string> Look(const FairBounds& bounds);

  // Stretches with at least two tasks to compare: a check that never looks proves nothing.
  uint64_t compared() const { return compared_; }

 private:
  struct Share {
    Nanos got = {};
    unsigned long sleeps = 0;
    uint32_t changes = 0;
    bool competes = false;
  };
  struct Mark {
    Instant at;
    std::vector<Share> tasks;  // by index
  };
  struct Extreme {
    Nanos virtual_time = {};
    uint32_t task = 0;
  };

  Share ShareOf(const Population::Task& task) const;
  void AddMark();
  std::optional<std::string> LookSince(const Mark& mark, const FairBounds& bounds);
  // The tasks that have competed since.
  void FindRivals(const Mark& mark);
  void DropHeavy();
  std::string Tell(const Mark& mark, const Extreme& most, const Extreme& least) const;
  uint64_t ScheduledByKernel() const;

  Computer& computer_;
  std::vector<Mark> marks_;
  std::vector<uint32_t> rivals_;
  uint64_t scheduled_by_kernel_ = 0;
  uint64_t compared_ = 0;
  Instant next_look_;
  Instant next_mark_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CHECKS_FAIR_SHARES_H_
