// SPDX-License-Identifier: Apache-2.0
//
// What an engine counts. Written by the engine's thread, read from any. What each figure means is
// said where Read() declares it.

#ifndef SCXX_FRAMEWORK_ENGINE_ENGINE_STATS_H_
#define SCXX_FRAMEWORK_ENGINE_ENGINE_STATS_H_

#include "framework/stats/counter.h"
#include "framework/stats/figures.h"
#include "framework/stats/histogram.h"

namespace scxx {

struct EngineStats {
  Gauge queued;
  Counter cycles;
  Counter parks;
  Counter events;
  Counter dropped_events;
  Counter decisions;
  Counter stale;
  Counter refused;
  Counter withdrawn;
  Counter gone;
  Counter resyncs;
  Histogram seen;
  Histogram decided;

  Readings Read() const;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_ENGINE_ENGINE_STATS_H_
