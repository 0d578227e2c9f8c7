// SPDX-License-Identifier: Apache-2.0
//
// What an engine counts. Written by the engine's thread, read from any.

#ifndef SCXX_FRAMEWORK_ENGINE_ENGINE_STATS_H_
#define SCXX_FRAMEWORK_ENGINE_ENGINE_STATS_H_

#include "framework/stats/counter.h"
#include "framework/stats/histogram.h"
#include "framework/stats/metrics.h"

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
  Histogram seen;     // from enqueued until the engine read the event
  Histogram decided;  // from enqueued until the policy had dispatched the task

  // Adds every figure but the histograms; this object must outlive `metrics`.
  void AddTo(Metrics* metrics) const;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_ENGINE_ENGINE_STATS_H_
