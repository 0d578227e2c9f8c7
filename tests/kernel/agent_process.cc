// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/agent_process.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "framework/base/check.h"
#include "framework/kernel/process/process_memory.h"
#include "schedulers/fifo/fifo_policy.h"
#include "tests/kernel/run_policy.h"

namespace scxx {
namespace {

constexpr timespec kPublishEvery = {.tv_sec = 0, .tv_nsec = 10'000'000};

void CopyText(const std::string& from, char* to, size_t size) {
  snprintf(to, size, "%s", from.c_str());
}

}  // namespace

// Memory of both processes. The child writes the copy that `version` does not name, since it may be
// stopped at any time.
struct AgentProcess::Shared {
  std::atomic<uint64_t> version = 0;
  DispatcherStats stats[2];
  bool reported = false;
  uint64_t kind = 0;
  int64_t code = 0;
  char reason[256] = {};
  char message[1024] = {};
  char dump[4096] = {};
  int64_t page_faults = 0;

  void Publish(const DispatcherStats& now) {
    const uint64_t next = version.load() + 1;
    stats[next % 2] = now;
    version.store(next);
  }
};

absl::StatusOr<std::unique_ptr<AgentProcess>> AgentProcess::Start(const KernelOptions& options,
                                                                  const Body& body) {
  std::unique_ptr<AgentProcess> agent(new AgentProcess);
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  SCXX_CHECK(memory != MAP_FAILED);
  agent->shared_ = new (memory) Shared;
  PipeEnds started = MakePipe().value();
  agent->process_ =
      Process::Fork([&] { agent->RunChild(options, body, std::move(started)); }).value();
  started.write_end.Close();
  // The child writes its status: a code, then the message; nothing if it died.
  std::string text;
  while (ReadMore(started.read_end.get(), text)) {
  }
  if (text.empty()) return absl::InternalError("the scheduler died before it attached");
  if (text[0] == 0) return agent;
  agent->Wait();
  return absl::Status(static_cast<absl::StatusCode>(text[0]), text.substr(1));
}

void AgentProcess::RunChild(const KernelOptions& options, const Body& body, PipeEnds started) {
  started.read_end.Close();
  prctl(PR_SET_NAME, "agent");
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

  auto backend = KernelBackend::Create(options);
  const char code = static_cast<char>(backend.status().code());
  std::string text = std::string(1, code) + std::string(backend.status().message());
  SCXX_CHECK(write(started.write_end.get(), text.data(), text.size()) ==
             static_cast<ssize_t>(text.size()));
  started.write_end.Close();
  if (!backend.ok()) _exit(1);

  KernelBackend& kernel = **backend;
  std::atomic<bool> done = false;
  std::thread control([&] {
    while (!done.load()) {
      if (sigtimedwait(&stop_signals, nullptr, &kPublishEvery) == SIGTERM) kernel.RequestStop();
      shared_->Publish(kernel.Stats());
    }
  });
  const PageFaultCounter faults(PageFaultCounter::Scope::kThread);
  body(kernel);
  shared_->page_faults = faults.Count().total();
  const ExitReport report = kernel.Detach();
  done.store(true);
  control.join();
  shared_->Publish(kernel.Stats());
  shared_->kind = report.kind;
  shared_->code = report.code;
  CopyText(report.reason, shared_->reason, sizeof(shared_->reason));
  CopyText(report.message, shared_->message, sizeof(shared_->message));
  CopyText(report.dump, shared_->dump, sizeof(shared_->dump));
  shared_->reported = true;
  _exit(0);
}

AgentProcess::~AgentProcess() {
  process_.Kill();  // Before what it writes to goes.
  munmap(shared_, sizeof(Shared));
}

DispatcherStats AgentProcess::Stats() const {
  for (;;) {
    const uint64_t before = shared_->version.load();
    DispatcherStats stats = shared_->stats[before % 2];
    if (shared_->version.load() == before) return stats;
  }
}

bool AgentProcess::WaitUntil(const std::function<bool(const DispatcherStats&)>& is_so,
                             absl::Duration limit) const {
  const absl::Time deadline = absl::Now() + limit;
  while (!is_so(Stats())) {
    if (absl::Now() > deadline) return false;
    usleep(10'000);  // lint: allow banned-call: between two looks at another process's memory
  }
  return true;
}

AgentOutcome AgentProcess::Stop() {
  Signal(SIGTERM);
  return Wait();
}

AgentOutcome AgentProcess::Wait() {
  process_.Wait();
  AgentOutcome outcome;
  outcome.reported = shared_->reported;
  outcome.report.kind = shared_->kind;
  outcome.report.code = shared_->code;
  outcome.report.reason = shared_->reason;
  outcome.report.message = shared_->message;
  outcome.report.dump = shared_->dump;
  outcome.stats = Stats();
  outcome.page_faults = shared_->page_faults;
  return outcome;
}

void RunFifo(KernelBackend& backend) { RunPolicy<FifoPolicy>(backend); }

}  // namespace scxx
