// SPDX-License-Identifier: Apache-2.0
//
// Counts what the program takes from operator new, for tests that nothing is allocated somewhere:
//
//   const size_t before = Allocations();
//   ASSERT_GT(before, 0u) << "the counter does not count";
//   engine.RunOnce();
//   EXPECT_EQ(Allocations(), before);
//
// Linking it replaces the global operator new: for a test in a binary of its own. Single-threaded.

#ifndef SCXX_FRAMEWORK_BASE_TESTING_ALLOCATIONS_H_
#define SCXX_FRAMEWORK_BASE_TESTING_ALLOCATIONS_H_

#include <cstddef>

namespace scxx {

// Since the program started.
size_t Allocations();

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_TESTING_ALLOCATIONS_H_
