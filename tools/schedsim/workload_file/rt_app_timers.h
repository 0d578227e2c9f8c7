// SPDX-License-Identifier: Apache-2.0
//
// RtAppTimers: the timers of a file of rt-app, numbered as their refs come up. A ref that begins
// with "unique" is another timer in each task, any other is one for all.
//
//   RtAppTimers timers;
//   steps.push_back(sim::Timer(timers.Number("ui", "unique", /*absolute=*/false), Millis(5)));
//   workload.timers = timers.specs();

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_TIMERS_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_TIMERS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "framework/sim/load/workload.h"

namespace scxx {

class RtAppTimers {
 public:
  // The mode is the timer's: absolute if any of its uses is.
  uint32_t Number(const std::string& task, const std::string& ref, bool absolute) {
    const bool shared = !absl::StartsWith(ref, "unique");
    const auto number = static_cast<uint32_t>(specs_.size());
    const auto [found, is_new] = numbers_.try_emplace({shared ? "" : task, ref}, number);
    if (is_new) specs_.push_back({.shared = shared});
    specs_[found->second].absolute |= absolute;
    return found->second;
  }

  const std::vector<sim::TimerSpec>& specs() const { return specs_; }

 private:
  std::map<std::pair<std::string, std::string>, uint32_t> numbers_;
  std::vector<sim::TimerSpec> specs_;
};

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_TIMERS_H_
