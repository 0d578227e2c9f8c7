// SPDX-License-Identifier: Apache-2.0
//
// CHECK for broken promises between parts of a program. It is on in every build, prints one line
// with the place, the condition, both values and what it means, and aborts. Never for mistakes of a
// user or of the environment: those are absl::Status.
//
//   SCXX_CHECK(task.queued, "the policy dispatched a task that is not runnable");
//   SCXX_CHECK_GT(slice, Nanos::Zero(), "a slice must be positive");
//
// The second one prints, in one line:
//
//   framework/engine/engine.h:88: CHECK failed: slice > Nanos::Zero() (-5ns vs. 0ns): a slice ...
//
// The message is optional. Values need operator<<. The failing path is out of line, so a CHECK that
// holds costs one predicted branch. SCXX_DCHECK compiles to nothing with NDEBUG.

#ifndef SCXX_FRAMEWORK_BASE_CHECK_H_
#define SCXX_FRAMEWORK_BASE_CHECK_H_

#include <sstream>
#include <string>

#include "absl/strings/string_view.h"

#define SCXX_CHECK(condition, ...)                                                              \
  do {                                                                                          \
    if (!(condition)) [[unlikely]] {                                                            \
      ::scxx::internal::CheckFailed(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
    }                                                                                           \
  } while (false)

#define SCXX_CHECK_EQ(a, b, ...) SCXX_INTERNAL_CHECK_OP(==, a, b __VA_OPT__(, ) __VA_ARGS__)
#define SCXX_CHECK_NE(a, b, ...) SCXX_INTERNAL_CHECK_OP(!=, a, b __VA_OPT__(, ) __VA_ARGS__)
#define SCXX_CHECK_LT(a, b, ...) SCXX_INTERNAL_CHECK_OP(<, a, b __VA_OPT__(, ) __VA_ARGS__)
#define SCXX_CHECK_LE(a, b, ...) SCXX_INTERNAL_CHECK_OP(<=, a, b __VA_OPT__(, ) __VA_ARGS__)
#define SCXX_CHECK_GT(a, b, ...) SCXX_INTERNAL_CHECK_OP(>, a, b __VA_OPT__(, ) __VA_ARGS__)
#define SCXX_CHECK_GE(a, b, ...) SCXX_INTERNAL_CHECK_OP(>=, a, b __VA_OPT__(, ) __VA_ARGS__)

#ifdef NDEBUG
#define SCXX_DCHECK(condition, ...) \
  do {                              \
    if (false) {                    \
      (void)(condition);            \
    }                               \
  } while (false)
#else
#define SCXX_DCHECK(condition, ...) SCXX_CHECK(condition __VA_OPT__(, ) __VA_ARGS__)
#endif

#define SCXX_INTERNAL_CHECK_OP(op, a, b, ...)                                              \
  do {                                                                                     \
    const auto& scxx_check_a = (a);                                                        \
    const auto& scxx_check_b = (b);                                                        \
    if (!(scxx_check_a op scxx_check_b)) [[unlikely]] {                                    \
      ::scxx::internal::CheckOpFailed(__FILE__, __LINE__, #a " " #op " " #b, scxx_check_a, \
                                      scxx_check_b __VA_OPT__(, ) __VA_ARGS__);            \
    }                                                                                      \
  } while (false)

namespace scxx::internal {

[[noreturn]] void CheckFailed(const char* file, int line, absl::string_view what,
                              absl::string_view message = {});

template <typename A, typename B>
[[noreturn]] [[gnu::noinline]] [[gnu::cold]] void CheckOpFailed(const char* file, int line,
                                                                absl::string_view what, const A& a,
                                                                const B& b,
                                                                absl::string_view message = {}) {
  std::ostringstream out;
  out << what << " (" << a << " vs. " << b << ")";
  CheckFailed(file, line, out.str(), message);
}

}  // namespace scxx::internal

#endif  // SCXX_FRAMEWORK_BASE_CHECK_H_
