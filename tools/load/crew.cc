// SPDX-License-Identifier: Apache-2.0
#include "tools/load/crew.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/load/clock.h"
#include "tools/load/counters.h"

namespace scxx::load {
namespace {

constexpr size_t kStackBytes = 256 * 1024;  // Of a thread.

// Wakes the parent once, with the last of them.
void CountUp(FutexWord& word, uint32_t target) {
  if (word.fetch_add(1) + 1 == target) FutexWake(word);
}

SchedUsage UsageSince(const Switches& switches, const SchedStat& stat) {
  const Switches switches_now = ReadOwnSwitches();
  const SchedStat stat_now = ReadOwnSchedStat();
  return {.voluntary_switches = switches_now.voluntary - switches.voluntary,
          .involuntary_switches = switches_now.involuntary - switches.involuntary,
          .cpu = stat_now.cpu - stat.cpu,
          .run_delay = stat_now.run_delay - stat.run_delay};
}

void* RunBody(void* body) {
  (*static_cast<const std::function<void()>*>(body))();
  return nullptr;
}

// Runs every body in a thread of its own, with a small stack so that thousands fit into a small
// guest, and returns when all have ended. False when not every thread could be started: those
// already running are left running, and the caller is expected to end the process.
bool RunThreads(const std::vector<std::function<void()>>& bodies) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  std::vector<pthread_t> threads(bodies.size());
  for (size_t i = 0; i < bodies.size(); ++i) {
    void* body = const_cast<std::function<void()>*>(&bodies[i]);
    if (pthread_create(&threads[i], &attributes, RunBody, body) != 0) return false;
  }
  pthread_attr_destroy(&attributes);
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
  return true;
}

}  // namespace

Crew::~Crew() {
  // The first child leads the process group; until it is reaped the group's number cannot be
  // reused.
  if (!children_.empty()) kill(-children_[0].pid(), SIGKILL);
}

void Crew::Add(std::string task_class, Body body, Role role) {
  AddProcess({{std::move(task_class), std::move(body), role}});
}

void Crew::AddProcess(std::vector<Member> threads) {
  first_of_process_.push_back(members_.size());
  std::move(threads.begin(), threads.end(), std::back_inserter(members_));
}

size_t Crew::num_foreground() const {
  return std::count_if(members_.begin(), members_.end(),
                       [](const Member& m) { return m.role == Role::kForeground; });
}

int Crew::IndexInClass(size_t task) const {
  return std::count_if(members_.begin(), members_.begin() + task,
                       [&](const Member& m) { return m.task_class == members_[task].task_class; });
}

absl::Status Crew::Start(uint64_t seed, Instant deadline) {
  seed_ = seed;
  auto shared = SharedArray<Shared>::Create(1);
  if (!shared.ok()) return shared.status();
  shared_ = *std::move(shared);
  auto slots = SharedArray<TaskSlot>::Create(members_.size());
  if (!slots.ok()) return slots.status();
  slots_ = *std::move(slots);

  if (absl::Status forked = ForkProcesses(); !forked.ok()) return forked;
  if (shared_[0].gate.AwaitArrivals(members_.size(), deadline)) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat("only ", shared_[0].gate.arrived(), " of ",
                                                  members_.size(),
                                                  " tasks started: more memory, or fewer tasks?"));
}

absl::Status Crew::ForkProcesses() {
  for (size_t process = 0; process < first_of_process_.size(); ++process) {
    const pid_t group = children_.empty() ? 0 : children_[0].pid();
    auto child = Process::Fork([&] {
      setpgid(0, group);
      RunProcess(process);
    });
    if (!child.ok()) return child.status();
    setpgid(child->pid(),
            group);  // Also here: whoever comes first, the group holds when this returns.
    children_.push_back(*std::move(child));
  }
  return absl::OkStatus();
}

void Crew::RunProcess(size_t process) {
  const size_t first = first_of_process_[process];
  const bool last = process + 1 == first_of_process_.size();
  const size_t end = last ? members_.size() : first_of_process_[process + 1];
  if (end - first == 1) return RunTask(first);
  std::vector<std::function<void()>> bodies;
  for (size_t task = first; task < end; ++task) bodies.push_back([=, this] { RunTask(task); });
  if (!RunThreads(bodies)) _exit(1);
}

void Crew::RunTask(size_t task) {
  Shared& shared = shared_[0];
  TaskSlot& slot = slots_[task];
  prctl(PR_SET_TIMERSLACK, 1);  // Else timers fire up to 50 us late and hide the scheduler's part.
  slot.tid.store(static_cast<pid_t>(syscall(SYS_gettid)));
  const int index = IndexInClass(task);
  const SchedStat stat = ReadOwnSchedStat();

  const Instant start = shared.gate.ArriveAndWait();
  const Switches switches = ReadOwnSwitches();
  Task handle(absl::MakeSpan(slots_.begin(), slots_.size()), task, shared.stop,
              {.index = index, .start = start, .seed = seed_});
  members_[task].body(handle);

  slot.finished.store(Now());
  slot.usage = UsageSince(switches, stat);
  if (members_[task].role == Role::kForeground) CountUp(shared.foreground_done, num_foreground());
  CountUp(shared.all_done, members_.size());
}

Instant Crew::Open() {
  const Instant now = Now();
  shared_[0].gate.Open(now);
  return now;
}

void Crew::Stop() {
  shared_[0].stop.store(1);
  FutexWake(shared_[0].stop);
}

bool Crew::AwaitForeground(Instant deadline) const {
  return WaitUntilAtLeast(shared_[0].foreground_done, num_foreground(), deadline);
}

bool Crew::AwaitAll(Instant deadline) const {
  return WaitUntilAtLeast(shared_[0].all_done, members_.size(), deadline);
}

}  // namespace scxx::load
