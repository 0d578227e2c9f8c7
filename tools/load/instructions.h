// SPDX-License-Identifier: Apache-2.0
// Instructions retired by this process and the children it forks later, where the machine can count
// them.
#ifndef SCXX_TOOLS_LOAD_INSTRUCTIONS_H_
#define SCXX_TOOLS_LOAD_INSTRUCTIONS_H_

#include <cstdint>
#include <optional>

namespace scxx::load {

// Construct before forking; counts between Start and Stop. Without a hardware counter (most virtual
// machines) or permission, Stop returns nothing.
class InstructionCounter {
 public:
  InstructionCounter();
  InstructionCounter(const InstructionCounter&) = delete;
  InstructionCounter& operator=(const InstructionCounter&) = delete;
  ~InstructionCounter();

  void Start();
  std::optional<int64_t> Stop();

 private:
  int fd_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_INSTRUCTIONS_H_
