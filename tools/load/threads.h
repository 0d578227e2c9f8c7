// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_LOAD_THREADS_H_
#define SCXX_TOOLS_LOAD_THREADS_H_

#include <functional>
#include <vector>

namespace scxx::load {

// Runs every body in a thread of its own, with a small stack so that thousands fit into a small
// guest, and returns when all have ended. False when not every thread could be started: those
// already running are left running, and the caller is expected to end the process.
bool RunThreads(const std::vector<std::function<void()>>& bodies);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_THREADS_H_
