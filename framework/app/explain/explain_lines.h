// SPDX-License-Identifier: Apache-2.0
//
// The lines that --explain adds to the live statistics:
//
//   explain 1234 stress: weight 335, burst 11.2ms, penalty 4ms, lag -2.1ms, key 6.1ms, waits
//
// What it is about is a number, a thread or all threads of a process, or a name, which is looked up
// anew each time. Not for the agent's thread on a kernel: that looks into /proc.

#ifndef SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAIN_LINES_H_
#define SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAIN_LINES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "framework/app/explain/explain_board.h"
#include "framework/machine/machine.h"

namespace scxx {

class ExplainLines {
 public:
  // The board and the names must outlive this object.
  ExplainLines(std::string whom, ExplainBoard* board, const TaskNames& names);

  // One for each task that is noticed, or one that says that none is.
  std::vector<std::string> Lines();

 private:
  void Look();

  const std::string whom_;
  const int32_t id_;  // 0: whom_ is a name
  ExplainBoard* const board_;
  const TaskNames& names_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAIN_LINES_H_
