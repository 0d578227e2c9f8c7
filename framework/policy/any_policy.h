// SPDX-License-Identifier: Apache-2.0
//
// AnyPolicy holds a policy whose type is known at run time only, as after a --policy flag:
//
//   AnyPolicy policy = name == "fifo" ? AnyPolicy(*std::move(fifo))
//                                     : AnyPolicy(*std::move(vruntime));
//   Engine<AnyPolicy> engine(std::move(policy), backend, {});
//
// It costs a virtual call an event, so a scheduler binary names its policy's type instead. Owns the
// policy; moves, does not copy. As thread-safe as the policy: not at all.

#ifndef SCXX_FRAMEWORK_POLICY_ANY_POLICY_H_
#define SCXX_FRAMEWORK_POLICY_ANY_POLICY_H_

#include <concepts>
#include <memory>
#include <utility>

#include "framework/policy/policy.h"

namespace scxx {

class AnyPolicy {
 public:
  static constexpr char kName[] = "any";  // traits().name is the held policy's

  template <Policy P>
    requires(!std::same_as<P, AnyPolicy>)
  explicit AnyPolicy(P policy) : held_(std::make_unique<Held<P>>(std::move(policy))) {}

  PolicyTraits traits() const { return held_->traits(); }

  void OnRunnable(const Context& ctx, const TaskRunnable& r) { held_->OnRunnable(ctx, r); }
  void OnWithdrawn(const Context& ctx, const TaskWithdrawn& w) { held_->OnWithdrawn(ctx, w); }
  void OnGone(const Context& ctx, const TaskGone& g) { held_->OnGone(ctx, g); }
  void OnRefused(const Context& ctx, const TaskRefused& f) { held_->OnRefused(ctx, f); }
  void Schedule(const Context& ctx, DispatchSink& sink) { held_->Schedule(ctx, sink); }

 private:
  struct Interface {
    virtual ~Interface() = default;
    virtual PolicyTraits traits() const = 0;
    virtual void OnRunnable(const Context& ctx, const TaskRunnable& r) = 0;
    virtual void OnWithdrawn(const Context& ctx, const TaskWithdrawn& w) = 0;
    virtual void OnGone(const Context& ctx, const TaskGone& g) = 0;
    virtual void OnRefused(const Context& ctx, const TaskRefused& f) = 0;
    virtual void Schedule(const Context& ctx, DispatchSink& sink) = 0;
  };

  template <Policy P>
  struct Held final : Interface {
    explicit Held(P p) : policy(std::move(p)) {}

    PolicyTraits traits() const override { return TraitsOf(policy); }
    void OnRunnable(const Context& ctx, const TaskRunnable& r) override {
      policy.OnRunnable(ctx, r);
    }
    void OnWithdrawn(const Context& ctx, const TaskWithdrawn& w) override {
      policy.OnWithdrawn(ctx, w);
    }
    void OnGone(const Context& ctx, const TaskGone& g) override { policy.OnGone(ctx, g); }
    void OnRefused(const Context& ctx, const TaskRefused& f) override { policy.OnRefused(ctx, f); }
    void Schedule(const Context& ctx, DispatchSink& sink) override { policy.Schedule(ctx, sink); }

    P policy;
  };

  std::unique_ptr<Interface> held_;
};
static_assert(Policy<AnyPolicy>);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_ANY_POLICY_H_
