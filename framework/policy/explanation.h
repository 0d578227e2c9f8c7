// SPDX-License-Identifier: Apache-2.0
//
// What a policy knows about a task, for people: named figures, in the order in which they explain
// each other. A policy that has
//
//   void Explain(TaskId task, Explanation* out) const {
//     out->waits = queue_.Contains(task);
//     out->Add("weight", tasks_[task.slot].weight.load());
//     out->Add("burst", tasks_[task.slot].burst);
//   }
//
// makes --explain work (framework/app). It is called for tasks that OnRunnable has named and that
// are not gone. A plain value, without allocation.

#ifndef SCXX_FRAMEWORK_POLICY_EXPLANATION_H_
#define SCXX_FRAMEWORK_POLICY_EXPLANATION_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "framework/base/check.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"

namespace scxx {

class Explanation {
 public:
  static constexpr size_t kMaxFigures = 12;

  struct Figure {
    const char* name = "";  // a literal
    int64_t value = 0;
    bool is_time = false;  // nanoseconds
  };

  void Add(const char* name, int64_t value) { Add({.name = name, .value = value}); }
  void Add(const char* name, Nanos value) {
    Add({.name = name, .value = value.count(), .is_time = true});
  }

  absl::Span<const Figure> figures() const { return {figures_.data(), size_}; }

  bool waits = false;  // the policy holds it; else it runs, or sleeps

 private:
  void Add(const Figure& figure) {
    SCXX_CHECK_LT(size_, kMaxFigures, "an explanation of too many figures");
    figures_[size_++] = figure;
  }

  std::array<Figure, kMaxFigures> figures_ = {};
  size_t size_ = 0;
};

template <typename P>
concept Explainable = requires(const P& policy, TaskId task, Explanation* out) {
  { policy.Explain(task, out) } -> std::same_as<void>;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_EXPLANATION_H_
