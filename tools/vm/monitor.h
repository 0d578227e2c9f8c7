// SPDX-License-Identifier: Apache-2.0
//
// What to say to QEMU's monitor (QMP, a JSON object a line), so that a machine that has suspended
// is woken at once.
//
//   WakingMonitor monitor;
//   std::string answer = monitor.Answer(bytes_from_qemu);   // often empty

#ifndef SCXX_TOOLS_VM_MONITOR_H_
#define SCXX_TOOLS_VM_MONITOR_H_

#include <string>

namespace scxx::vm {

// Not thread-safe.
class WakingMonitor {
 public:
  // `bytes`: what QEMU has written since, cut anywhere.
  std::string Answer(const std::string& bytes);

 private:
  std::string rest_;  // a line whose end has not come
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_MONITOR_H_
