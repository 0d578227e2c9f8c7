// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_CONSOLE_LOG_H_
#define SCXX_TOOLS_VM_CONSOLE_LOG_H_

#include <cstdio>
#include <string>

#include "absl/strings/string_view.h"

namespace scxx::vm {

// What the guest's kernel prints. The last of it is kept, to explain a failure; all of it goes to a
// file, and to standard error, where asked.
class ConsoleLog {
 public:
  // `file` stays the caller's and may be null.
  ConsoleLog(std::FILE* file, bool echo) : file_(file), echo_(echo) {}

  void Append(absl::string_view bytes);

  // The last lines that say something, each indented and on a line of its own.
  std::string Tail() const;

  // The kernel's panic line, "" if it printed none.
  std::string Panic() const;

  bool empty() const { return kept_.empty(); }

 private:
  std::FILE* file_;
  bool echo_;
  std::string kept_;
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_CONSOLE_LOG_H_
