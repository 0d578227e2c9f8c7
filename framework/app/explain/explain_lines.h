// SPDX-License-Identifier: Apache-2.0
//
// The lines that --explain adds to the live statistics:
//
//   explain 1234 stress: weight 335, burst 11.2ms, penalty 4ms, lag -2.1ms, key 6.1ms, waits
//
// Whom it is about is a number, a thread or all threads of a process, or a name as /proc/PID/comm
// has it, which is looked up anew each time. Not for the agent's thread: it reads files.

#ifndef SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAIN_LINES_H_
#define SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAIN_LINES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "framework/app/explain/explain_board.h"

namespace scxx {

// Threads of the name, at most `most`, in the order of their ids. `proc` is /proc, or a test's.
std::vector<int32_t> ThreadsNamed(const std::string& comm, size_t most,
                                  const std::string& proc = "/proc");

class ExplainLines {
 public:
  // The board must outlive this object.
  ExplainLines(std::string whom, ExplainBoard* board, std::string proc = "/proc");

  // One for each task that is noticed, or one that says that none is.
  std::vector<std::string> Lines();

 private:
  void Look();

  const std::string whom_;
  const std::string proc_;
  const int32_t id_;  // 0: whom_ is a name
  ExplainBoard* const board_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAIN_LINES_H_
