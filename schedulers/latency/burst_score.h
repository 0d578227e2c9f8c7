// SPDX-License-Identifier: Apache-2.0
//
// BurstScore guesses from a task's past how soon it will sleep again, and how much of its time it
// wants to run: 0 for a CPU hog, BurstScore::kMax for a task of short bursts and much sleep.
//
//   BurstScore score;                                    // nothing known: in the middle
//   score.Ran(Micros(200));
//   score.Slept(Micros(200), Millis(10));                // a burst, and the sleep after it
//   score.Value(Nanos::Zero());                          // the next burst begins
//
// Two things count, and the lesser one decides:
//
// - Burst: an estimate that is halfway with a longer burst at once, but follows shorter ones by an
//   eighth; so a task is soon no longer interactive, and slowly so again. 250 us and less are
//   short, 8 ms are long, with a logarithmic scale in between.
// - Duty: the part of its time that the task runs, over the last 64 to 128 ms of running and
//   sleeping. Up to a quarter is little, from three quarters on much. Waiting counts as neither, so
//   a busy machine does not change what a task is.
//
// A plain value of 24 bytes; integers only.

#ifndef SCXX_SCHEDULERS_LATENCY_BURST_SCORE_H_
#define SCXX_SCHEDULERS_LATENCY_BURST_SCORE_H_

#include <cstdint>

#include "framework/base/units.h"

namespace scxx {

class BurstScore {
 public:
  static constexpr int64_t kMax = 1024;
  static constexpr Nanos kShort = Micros(250);
  static constexpr Nanos kLong = Millis(8);
  // While a task runs on, its value would fall by kMax in this time if it always fell as fast as
  // just above kShort: 40 steps of 32,768 ns.
  static constexpr Nanos kFastestFall = Nanos(40 * 32'768);

  // The task ran; at most what it ran since it last woke, if more came unseen in between.
  void Ran(Nanos time);
  // A burst that ended in a sleep, and how long that was. Of an unknown sleep (zero) the burst
  // counts alone.
  void Slept(Nanos burst, Nanos sleep);

  // `burst` is what the task has run since it last woke.
  int64_t Value(Nanos burst) const { return BurstFactor(burst) * DutyFactor() / kMax; }

  // How much longer it should run before it sleeps, if it is like the last times; not above zero if
  // it should have slept by now.
  Nanos Rest(Nanos burst) const { return usual_burst_ - burst; }

  Nanos usual_burst() const { return usual_burst_; }
  // The two factors, each 0 to kMax.
  int64_t BurstFactor(Nanos burst) const;
  int64_t DutyFactor() const;

 private:
  static constexpr Nanos kWindow = Millis(128);

  void Shrink();

  Nanos usual_burst_ = Millis(1);
  Nanos run_ = {};  // within the window
  Nanos sleep_ = {};
};

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_LATENCY_BURST_SCORE_H_
