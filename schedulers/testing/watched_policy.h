// SPDX-License-Identifier: Apache-2.0
//
// WatchedPolicy: a policy, and a note of what it does that nobody else sees.
//
//   PolicyWatch watch;
//   AnyPolicy policy(WatchedPolicy(std::move(inner), &watch));
//
// The watch must outlive the policy. One thread.

#ifndef SCXX_SCHEDULERS_TESTING_WATCHED_POLICY_H_
#define SCXX_SCHEDULERS_TESTING_WATCHED_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "framework/base/testing/allocations.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"

namespace scxx {

struct PolicyWatch {
  uint64_t calls = 0;        // of hooks
  size_t allocated = 0;      // in hooks, from operator new
  uint64_t not_allowed = 0;  // decisions for a CPU that the task may not use
};

class WatchedPolicy {
 public:
  static constexpr char kName[] = "watched";

  WatchedPolicy(AnyPolicy policy, PolicyWatch* watch) : policy_(std::move(policy)), watch_(watch) {}

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    Count([&] { policy_.OnRunnable(ctx, r); });
  }
  void OnWithdrawn(const Context& ctx, const TaskWithdrawn& w) {
    Count([&] { policy_.OnWithdrawn(ctx, w); });
  }
  void OnGone(const Context& ctx, const TaskGone& g) {
    Count([&] { policy_.OnGone(ctx, g); });
  }
  void OnRefused(const Context& ctx, const TaskRefused& f) {
    watch_->not_allowed += f.reason == RefusedReason::kNotAllowed;
    Count([&] { policy_.OnRefused(ctx, f); });
  }
  void Schedule(const Context& ctx, DispatchSink& sink) {
    Count([&] { policy_.Schedule(ctx, sink); });
  }

 private:
  template <typename Call>
  void Count(Call call) {
    const size_t before = Allocations();
    call();
    watch_->allocated += Allocations() - before;
    ++watch_->calls;
  }

  AnyPolicy policy_;
  PolicyWatch* watch_;
};
static_assert(Policy<WatchedPolicy>);

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_TESTING_WATCHED_POLICY_H_
