// SPDX-License-Identifier: Apache-2.0

#include "framework/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace scxx::internal {

void CheckFailed(const char* file, int line, absl::string_view what, absl::string_view message) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %.*s%s%.*s\n", file, line,
               static_cast<int>(what.size()), what.data(), message.empty() ? "" : ": ",
               static_cast<int>(message.size()), message.data());
  std::abort();
}

}  // namespace scxx::internal
