// SPDX-License-Identifier: Apache-2.0
// The ways to call a herd: a futex, a condition variable, an event file descriptor.
#ifndef SCXX_TOOLS_LOAD_WORKLOADS_HERD_CALL_H_
#define SCXX_TOOLS_LOAD_WORKLOADS_HERD_CALL_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace scxx::load {

// Rounds count from 1. Everybody waits for round N before anybody calls round N + 1. Shared by the
// threads of one process, and by its children when made before the fork.
class HerdCall {
 public:
  virtual ~HerdCall() = default;

  virtual void Wait(uint32_t round) = 0;  // Returns once `round` has been called.
  virtual void CallAll(uint32_t round) = 0;
};

// `kind` is "futex", "condvar" or "eventfd".
absl::StatusOr<std::shared_ptr<HerdCall>> MakeHerdCall(const std::string& kind, int waiters);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_WORKLOADS_HERD_CALL_H_
