// SPDX-License-Identifier: Apache-2.0
//
// RtAppLocks: the mutexes, conditions, barriers, semaphores and bells (which suspend and resume
// name) of a file of rt-app. Numbers them as their names come up, and finds what can go wrong in
// any run: a mutex that is given by who does not have it, or taken twice, or never given; a
// condition that nobody signals.
//
//   RtAppLocks locks;
//   steps.push_back({sim::Lock(locks.Mutex("m")), node});
//   absl::Status status = locks.CheckTask(document, task);
//   if (status.ok()) status = locks.CheckMeetings(document);       // after the last task

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_LOCKS_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_LOCKS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "framework/sim/load/workload.h"
#include "tools/schedsim/workload_file/json_document.h"

namespace scxx {

// A step, and where it stands in the file.
struct RtAppStep {
  sim::Step step;
  std::shared_ptr<const JsonNode> at;
};

class RtAppLocks {
 public:
  uint32_t Mutex(const std::string& name) { return NumberOf(name, &mutexes_, &names_.mutexes); }
  uint32_t Condition(const std::string& name) {
    return NumberOf(name, &conditions_, &names_.conditions);
  }
  uint32_t Barrier(const std::string& name) { return NumberOf(name, &barriers_, &names_.barriers); }
  uint32_t Semaphore(const std::string& name) {
    return NumberOf(name, &semaphores_, &names_.semaphores);
  }
  uint32_t Bell(const std::string& name) { return NumberOf(name, &bells_, &names_.bells); }
  const sim::LockNames& names() const { return names_; }

  // All that a task does: the steps from `repeat_from` on are repeated, if `repeats`; and it exits
  // after them, if `ends`.
  struct Task {
    const std::vector<RtAppStep>& steps;
    size_t repeat_from = 0;
    bool repeats = true;
    bool ends = false;
  };
  absl::Status CheckTask(const JsonDocument& document, const Task& task);
  // Whether somebody signals what is waited for.
  absl::Status CheckMeetings(const JsonDocument& document) const;

 private:
  using Numbers = std::map<std::string, uint32_t>;

  static uint32_t NumberOf(const std::string& name, Numbers* numbers,
                           std::vector<std::string>* names);
  absl::Status CheckBarriers(const JsonDocument& document, const Task& task) const;
  void NoteMeetings(const std::vector<RtAppStep>& steps);

  Numbers mutexes_, conditions_, barriers_, semaphores_, bells_;
  sim::LockNames names_;
  // By condition: a wait for it, and whether somebody signals it.
  std::map<uint32_t, std::shared_ptr<const JsonNode>> awaited_;
  std::set<uint32_t> signalled_;
};

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_LOCKS_H_
