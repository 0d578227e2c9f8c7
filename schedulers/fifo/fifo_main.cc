// SPDX-License-Identifier: Apache-2.0
// The fifo scheduler. See README.md.

#include "framework/app/options.h"
#include "framework/app/run_scheduler.h"
#include "framework/policy/policy.h"
#include "schedulers/fifo/fifo_policy.h"

int main(int argc, char** argv) {
  return scxx::RunScheduler<scxx::FifoPolicy>(
      argc, argv, "fifo: runs tasks in the order in which they became runnable",
      [](const scxx::AppOptions& options, const scxx::PolicyLimits& limits) {
        return scxx::FifoPolicy::Create({.slice = options.kernel.slice}, limits);
      });
}
