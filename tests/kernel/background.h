// SPDX-License-Identifier: Apache-2.0
//
// Background: a process that does one thing for ever, beside which a scheduler is tried.
//
//   Background hog([] {}, {.cpu = 0, .sched = {.policy = SCHED_IDLE}});
//   ... (hog.CpuTime() grows) ...                             // killed at the end of the scope

#ifndef SCXX_TESTS_KERNEL_BACKGROUND_H_
#define SCXX_TESTS_KERNEL_BACKGROUND_H_

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <functional>

#include "absl/time/time.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "tools/load/affinity.h"
#include "tools/load/burn.h"
#include "tools/load/sched_class.h"

namespace scxx {

class Background {
 public:
  struct Options {
    int cpu = 0;  // -1: every CPU
    load::SchedClass sched = {};
    uid_t uid = 0;  // whom it becomes
  };

  explicit Background(const std::function<void()>& body) : Background(body, Options()) {}
  Background(const std::function<void()>& body, const Options& options) : pid_(fork()) {
    SCXX_CHECK(pid_ >= 0);
    if (pid_ == 0) RunForEver(body, options);
  }
  ~Background() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  pid_t pid() const { return pid_; }
  absl::Duration CpuTime() const {
    clockid_t clock;
    timespec time = {};
    SCXX_CHECK(clock_getcpuclockid(pid_, &clock) == 0);
    clock_gettime(clock, &time);
    return absl::DurationFromTimespec(time);
  }

 private:
  [[noreturn]] static void RunForEver(const std::function<void()>& body, const Options& options) {
    if (options.cpu >= 0) load::SetAllowedCpus(0, CpuSet::Only(CpuId(options.cpu)));
    // Not where it is in that class: a test may have changed its nice value meanwhile.
    if (options.sched.policy != SCHED_OTHER) SCXX_CHECK(load::JoinSchedClass(options.sched));
    SCXX_CHECK(options.uid == 0 || setuid(options.uid) == 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // now: a change of user undoes it
    while (true) {
      body();
      load::Burn(1);  // with a pause: an emulated CPU without one keeps the others from running
    }
  }

  const pid_t pid_;
};

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_BACKGROUND_H_
