// SPDX-License-Identifier: Apache-2.0
//
// The constants of FairCore (fair_core.h) and what follows from them alone.
//
//   FairParams params;                        // slices of 1 to 4 ms
//   SliceFor(params, Weight(), 4)             // 3 ms: four tasks share 12 ms
//   MaxLead(params, Weight::FromNice(5))      // how far one turn can take a task ahead
//
// Real times are Nanos of CPU time. Virtual times are Nanos on the virtual clock, that is CPU time
// at weight 1024 (see ToVirtual): 1 ms of a nice 5 task (335) is 3.06 ms of virtual time.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_CORE_FAIR_PARAMS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_CORE_FAIR_PARAMS_H_

#include <algorithm>
#include <cstdint>

#include "framework/base/units.h"
#include "framework/base/weight.h"

namespace scxx {

struct FairParams {
  // Real time.
  Nanos slice_min = Millis(1);
  Nanos slice_max = Millis(4);
  Nanos period = Millis(12);     // every runnable task of a CPU should have had a turn by then
  Nanos left_min = Micros(250);  // a preempted task with less than this left has had its turn
  Nanos tick = Millis(4);        // how late the kernel may notice that a slice is over: 1 / HZ
  Nanos gap = {};                // a CPU is interrupted by a waking task only once in this time
  Nanos age = Millis(800);       // who waits longer goes first: before the framework takes it
  // Virtual time.
  Nanos bound = Millis(4);   // the largest penalty, and the largest credit for having slept
  Nanos margin = Millis(1);  // a waking task preempts only one that is behind by more than this
  // A CPU takes a task from another cache of its node, or from another node, only if that is ahead
  // of what waits for its own cache by more than this; where nothing waits, it takes it at once.
  Nanos cache_margin = Millis(4);
  Nanos node_margin = Millis(8);
  // Where the virtual clock starts: close to the wrap, so that every test of some length passes it.
  Vtime first_clock = Vtime(-uint64_t{5'000'000'000});
  // Real time, charged in advance to a new task, so that forking gains nothing.
  Nanos debit = Micros(500);
  // Tasks that may use one CPU only are preferred as far as the bound allows. It bends the order
  // and not the shares, like every preference here.
  bool percpu_local = false;
  bool domains = true;  // a queue for each last-level cache; else one for the machine
};

namespace internal {

// Heavy tasks get up to twice the slice (fewer decisions), light ones half of it (a slice weighs
// more for them).
constexpr Nanos ScaleByWeight(const FairParams& params, Nanos slice, Weight weight) {
  const int64_t load = std::clamp<uint32_t>(weight.load(), 512, 2048);
  return std::max(params.slice_min, slice * load / 1024);
}

}  // namespace internal

// The longest slice that a task of this weight ever gets.
constexpr Nanos SliceCap(const FairParams& params, Weight weight) {
  return internal::ScaleByWeight(params, params.slice_max, weight);
}

// The slice of a task that starts its turn while `runnable` tasks, itself included, share its CPU.
constexpr Nanos SliceFor(const FairParams& params, Weight weight, int64_t runnable) {
  const Nanos share = params.period / std::max<int64_t>(runnable, 1);
  return internal::ScaleByWeight(params, std::clamp(share, params.slice_min, params.slice_max),
                                 weight);
}

// The longest that it can run in one turn: the slice, and the tick that ends it late.
constexpr Nanos LongestTurn(const FairParams& params, Weight weight) {
  return SliceCap(params, weight) + params.tick;
}

// The same in virtual time: the most that one turn can cost.
constexpr Nanos MaxLead(const FairParams& params, Weight weight) {
  return ToVirtual(LongestTurn(params, weight), weight);
}

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_CORE_FAIR_PARAMS_H_
