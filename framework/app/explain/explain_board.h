// SPDX-License-Identifier: Apache-2.0
//
// ExplainBoard is where the agent's thread writes explanations of tasks and another one reads them,
// with neither making the other wait for long: what the agent cannot write at once it writes in its
// next cycle. Holds as many tasks as people want to read about.
//
//   board.SetWanted({1234});                     // reader
//   if (board.Wants(r.pid, r.tgid)) ...          // agent
//   board.Publish(entries);                      // agent
//   for (const ExplainBoard::Entry& e : board.Read()) ...

#ifndef SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAIN_BOARD_H_
#define SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAIN_BOARD_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "absl/types/span.h"
#include "framework/policy/explanation.h"

namespace scxx {

class ExplainBoard {
 public:
  static constexpr size_t kMaxTasks = 16;

  struct Entry {
    int32_t pid = 0;
    Explanation explanation = {};
  };

  // ---- Any thread but the agent's ----

  // The threads, or all threads of the processes, to explain: the first kMaxTasks ids, none zero.
  void SetWanted(absl::Span<const int32_t> ids) {
    for (size_t i = 0; i < kMaxTasks; ++i) {
      wanted_[i].store(i < ids.size() ? ids[i] : 0, std::memory_order_relaxed);
    }
  }
  std::vector<Entry> Read() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return {entries_.begin(), entries_.begin() + static_cast<int64_t>(size_)};
  }

  // ---- The agent's thread ----

  bool Wants(int32_t pid, int32_t tgid) const {
    return std::any_of(wanted_.begin(), wanted_.end(), [=](const std::atomic<int32_t>& id) {
      const int32_t wanted = id.load(std::memory_order_relaxed);
      return wanted != 0 && (wanted == pid || wanted == tgid);
    });
  }
  // At most kMaxTasks. Does nothing while somebody reads.
  void Publish(absl::Span<const Entry> entries) {
    const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return;
    std::copy(entries.begin(), entries.end(), entries_.begin());
    size_ = entries.size();
  }

 private:
  std::array<std::atomic<int32_t>, kMaxTasks> wanted_ = {};
  std::mutex mutex_;
  std::array<Entry, kMaxTasks> entries_ = {};
  size_t size_ = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAIN_BOARD_H_
