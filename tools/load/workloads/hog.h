// SPDX-License-Identifier: Apache-2.0
// The body of a CPU hog, used by many workloads.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_HOG_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_HOG_H_

#include <cstdint>

#include "tools/load/burn.h"
#include "tools/load/crew.h"

namespace scxx::load {

// Iterations (see burn.h) between two signs of progress: a fifth of a millisecond of exact mode.
inline constexpr int64_t kHogChunk = 200;

// Burns until the run stops.
inline void Hog(Task& task) {
  while (!task.stopping()) {
    Burn(kHogChunk);
    task.Progress();
  }
}

inline void AddBackgroundHogs(int count, Crew& crew) {
  for (int i = 0; i < count; ++i) crew.Add("hog", Hog, Crew::Role::kBackground);
}

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_HOG_H_
