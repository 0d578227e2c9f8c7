// SPDX-License-Identifier: Apache-2.0

#include "framework/engine/engine_stats.h"

namespace scxx {

void EngineStats::AddTo(Metrics* metrics) const {
  metrics->Add({"queued", "tasks", "Tasks the policy holds now"}, &queued);
  metrics->Add({"cycles", "batches", "Batches of events and decisions"}, &cycles);
  metrics->Add({"parks", "parks", "Times the engine had nothing left to do and gave the CPU away"},
               &parks);
  metrics->Add({"events", "events", "Events read"}, &events);
  metrics->Add({"dropped_events", "events", "Events outdated by others read before them"},
               &dropped_events);
  metrics->Add({"decisions", "tasks", "Dispatches that the backend accepted"}, &decisions);
  metrics->Add({"stale", "tasks", "Dispatches that came too late: the task had changed"}, &stale);
  metrics->Add({"refused", "tasks", "Dispatches that came back to the policy"}, &refused);
  metrics->Add({"withdrawn", "tasks", "Tasks taken from the policy before it decided"}, &withdrawn);
  metrics->Add({"gone", "tasks", "Tasks that left"}, &gone);
  metrics->Add({"resyncs", "resyncs", "Times all of the policy's tasks were verified"}, &resyncs);
}

}  // namespace scxx
