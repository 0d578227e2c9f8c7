// SPDX-License-Identifier: Apache-2.0
//
// ExplainedPolicy is a policy that writes what it knows about some tasks on a board, after every
// cycle, and is otherwise the policy that it holds.
//
//   Engine<ExplainedPolicy<P>> engine(ExplainedPolicy<P>(std::move(policy), &board), backend, {});
//
// A task is noticed when it becomes runnable. The board must outlive the policy.

#ifndef SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAINED_POLICY_H_
#define SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAINED_POLICY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "framework/app/explain/explain_board.h"
#include "framework/base/task_id.h"
#include "framework/policy/explanation.h"
#include "framework/policy/policy.h"

namespace scxx {

template <Policy P>
  requires Explainable<P>
class ExplainedPolicy {
 public:
  static constexpr absl::string_view kName = P::kName;

  ExplainedPolicy(P policy, ExplainBoard* board) : policy_(std::move(policy)), board_(board) {}

  PolicyTraits traits() const { return TraitsOf(policy_); }

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    policy_.OnRunnable(ctx, r);
    if (board_->Wants(r.pid, r.tgid)) Notice(r.task, r.pid);
  }
  void OnWithdrawn(const Context& ctx, const TaskWithdrawn& w) { policy_.OnWithdrawn(ctx, w); }
  void OnGone(const Context& ctx, const TaskGone& g) {
    policy_.OnGone(ctx, g);
    Forget(g.task);
  }
  void OnRefused(const Context& ctx, const TaskRefused& f) { policy_.OnRefused(ctx, f); }
  void Schedule(const Context& ctx, DispatchSink& sink) {
    policy_.Schedule(ctx, sink);
    Explain();
  }

 private:
  static constexpr size_t kMax = ExplainBoard::kMaxTasks;

  void Notice(TaskId task, int32_t pid) {
    for (size_t i = 0; i < size_; ++i) {
      if (tasks_[i] == task) return;
    }
    if (size_ == kMax) return;
    tasks_[size_] = task;
    entries_[size_++].pid = pid;
  }

  void Forget(TaskId task) {
    for (size_t i = 0; i < size_; ++i) {
      if (tasks_[i] != task) continue;
      --size_;
      tasks_[i] = tasks_[size_];
      entries_[i] = entries_[size_];
      board_->Publish({entries_.data(), size_});
      return;
    }
  }

  void Explain() {
    if (size_ == 0) return;
    for (size_t i = 0; i < size_; ++i) {
      entries_[i].explanation = {};
      policy_.Explain(tasks_[i], &entries_[i].explanation);
    }
    board_->Publish({entries_.data(), size_});
  }

  P policy_;
  ExplainBoard* board_;
  std::array<TaskId, kMax> tasks_ = {};
  std::array<ExplainBoard::Entry, kMax> entries_ = {};
  size_t size_ = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_EXPLAIN_EXPLAINED_POLICY_H_
