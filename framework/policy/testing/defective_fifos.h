// SPDX-License-Identifier: Apache-2.0
//
// TestFifo is sound. Each of these is one with a defect, for tests of what the framework and its
// checkers make of that.

#ifndef SCXX_FRAMEWORK_POLICY_TESTING_DEFECTIVE_FIFOS_H_
#define SCXX_FRAMEWORK_POLICY_TESTING_DEFECTIVE_FIFOS_H_

#include <cstdint>

#include "framework/base/cpu.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/test_fifo.h"

namespace scxx {

// The newest goes first.
class Starves : public TestFifo {
 public:
  static constexpr char kName[] = "starves";
  using TestFifo::TestFifo;
  void OnRunnable(const Context&, const TaskRunnable& r) { queue().PushFront(r.task); }
};

// Every so many-th task is forgotten.
template <uint64_t kEvery>
class Forgets : public TestFifo {
 public:
  static constexpr char kName[] = "forgets";
  using TestFifo::TestFifo;
  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    if (++events_ % kEvery != 0) TestFifo::OnRunnable(ctx, r);
  }

 private:
  uint64_t events_ = 0;
};

// All go to CPU 0, whatever they may use.
class KnowsOneCpu : public TestFifo {
 public:
  static constexpr char kName[] = "knows_one_cpu";
  using TestFifo::TestFifo;
  void Schedule(const Context&, DispatchSink& sink) { DispatchAll(sink, CpuId(0)); }
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_TESTING_DEFECTIVE_FIFOS_H_
