// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/session_process.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/app/stop_signals.h"
#include "framework/app/watch.h"
#include "framework/base/check.h"
#include "framework/channel/dispatcher_stats.h"
#include "framework/kernel/kernel_backend.h"
#include "framework/kernel/kernel_machine.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "framework/machine/exit_report.h"

namespace scxx {
namespace {

void Say(const std::string& why, Lives& lives) {
  snprintf(lives.why, sizeof(lives.why), "%s", why.c_str());
}

// Listens for a signal while a life lasts, as the console does.
class Reporter final : public SessionObserver {
 public:
  Reporter(int attaches, Lives& lives) : attaches_(attaches), lives_(lives) {}

  absl::Status BeforeAttach(Life& life) override {
    watch_ = Watch::Start({}, [] {}, [&life] { life.RequestStop(); });
    return watch_.status();
  }
  void Attached(Life&) override {
    ++lives_.attached;
    SCXX_CHECK(write(attaches_, "", 1) == 1);
  }
  bool Detached(Life&) override {
    (*watch_)->Finish();
    return (*watch_)->reason() != StopReason::kNone;
  }
  void Ended(Life& life, const ExitReport& report, Ending ending) override {
    const DispatcherStats stats = static_cast<KernelBackend&>(life.machine().backend()).Stats();
    lives_.restarts += ending == Ending::kRestart;
    lives_.dispatched += stats[SCXX_CNT_DISPATCHED];
    lives_.bad_records += stats[SCXX_CNT_BAD_RECORD];
    lives_.unaccounted += stats.InCustody() < 0 ? -stats.InCustody() : stats.InCustody();
    Say(report.ToString(), lives_);
  }
  bool BeforeAnother() override { return !WaitForStopSignal(absl::ZeroDuration()); }

 private:
  const int attaches_;
  Lives& lives_;
  absl::StatusOr<std::unique_ptr<Watch>> watch_;
};

}  // namespace

SessionProcess::SessionProcess(const PolicyUnderTest& policy) {
  void* memory = mmap(nullptr, sizeof(Lives), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  SCXX_CHECK(memory != MAP_FAILED);
  lives_ = new (memory) Lives;
  PipeEnds attaches = MakePipe().value();
  process_ = Process::Fork([&] { RunChild(policy, std::move(attaches)); }).value();
  attaches_ = std::move(attaches.read_end);
}

void SessionProcess::RunChild(const PolicyUnderTest& policy, PipeEnds attaches) {
  attaches.read_end.Close();
  const StopSignals signals;
  Reporter reporter(attaches.write_end.get(), *lives_);
  Session session({.make_machine = [&] { return MakeKernelMachine(policy.Options()); },
                   .make_runner = policy.make_runner},
                  &reporter);
  const Session::Outcome outcome = session.Run();
  lives_->ending = outcome.ending;
  if (!outcome.status.ok()) Say(std::string(outcome.status.message()), *lives_);
  _exit(0);
}

SessionProcess::~SessionProcess() {
  process_.Kill();  // Before what it writes to goes.
  munmap(lives_, sizeof(Lives));
}

bool SessionProcess::WaitForAttach() {
  char attach;
  return read(attaches_.get(), &attach, 1) == 1;
}

bool SessionProcess::WaitUntilAttached() {
  do {
    if (!WaitForAttach()) return false;
  } while (SchedExtSysfs().State() != "enabled");
  return true;
}

void SessionProcess::Stop() {
  process_.Signal(SIGTERM);
  process_.Wait();
}

}  // namespace scxx
