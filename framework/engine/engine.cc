// SPDX-License-Identifier: Apache-2.0

#include "framework/engine/engine.h"

namespace scxx {
namespace {

struct CounterFigure {
  Counter EngineStats::* counter;
  Figure figure;
};

constexpr FigureKind kCounter = FigureKind::kCounter;
constexpr FigureKind kHistogram = FigureKind::kHistogram;

constexpr Figure kQueued = {"engine_queued", "tasks", FigureKind::kGauge,
                            "Tasks the policy holds now"};
constexpr CounterFigure kCounters[] = {
    {&EngineStats::cycles,
     {"engine_cycles", "batches", kCounter, "Batches of events and decisions"}},
    {&EngineStats::parks,
     {"engine_parks", "parks", kCounter,
      "Times the engine had nothing left to do and gave the CPU away"}},
    {&EngineStats::events, {"engine_events", "events", kCounter, "Events read"}},
    {&EngineStats::dropped_events,
     {"engine_dropped_events", "events", kCounter, "Events outdated by others read before them"}},
    {&EngineStats::decisions,
     {"engine_decisions", "tasks", kCounter, "Dispatches that the machine accepted"}},
    {&EngineStats::stale,
     {"engine_stale", "tasks", kCounter, "Dispatches that came too late: the task had changed"}},
    {&EngineStats::refused,
     {"engine_refused", "tasks", kCounter, "Dispatches that came back to the policy"}},
    {&EngineStats::withdrawn,
     {"engine_withdrawn", "tasks", kCounter, "Tasks taken from the policy before it decided"}},
    {&EngineStats::gone, {"engine_gone", "tasks", kCounter, "Tasks that left"}},
    {&EngineStats::resyncs,
     {"engine_resyncs", "resyncs", kCounter, "Times all of the policy's tasks were verified"}},
};
constexpr Figure kSeen = {"seen", "ns", kHistogram, "From enqueued until the engine read it"};
constexpr Figure kDecided = {"decided", "ns", kHistogram,
                             "From enqueued until the policy had dispatched the task"};

}  // namespace

Readings EngineStats::Read() const {
  Readings readings;
  readings.Add(kQueued, queued.value());
  for (const auto& [counter, figure] : kCounters) readings.Add(figure, (this->*counter).value());
  readings.Add(kSeen, seen.Read());
  readings.Add(kDecided, decided.Read());
  return readings;
}

}  // namespace scxx
