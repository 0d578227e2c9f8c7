// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/herd_call.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/load/futex.h"
#include "tools/load/shared_array.h"

namespace scxx::load {
namespace {

class FutexCall : public HerdCall {
 public:
  explicit FutexCall(SharedArray<FutexWord> round) : round_(std::move(round)) {}

  void Wait(uint32_t round) override { WaitUntilAtLeast(round_[0], round); }
  void CallAll(uint32_t round) override {
    round_[0].store(round);
    FutexWake(round_[0]);
  }

 private:
  SharedArray<FutexWord> round_;
};

struct SharedCondition {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  uint32_t round;
};

class CondvarCall : public HerdCall {
 public:
  explicit CondvarCall(SharedArray<SharedCondition> shared) : shared_(std::move(shared)) {
    pthread_mutexattr_t mutex;
    pthread_mutexattr_init(&mutex);
    pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared_[0].mutex, &mutex);
    pthread_mutexattr_destroy(&mutex);
    pthread_condattr_t condition;
    pthread_condattr_init(&condition);
    pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&shared_[0].changed, &condition);
    pthread_condattr_destroy(&condition);
  }

  void Wait(uint32_t round) override {
    SharedCondition& shared = shared_[0];
    pthread_mutex_lock(&shared.mutex);
    while (shared.round < round) pthread_cond_wait(&shared.changed, &shared.mutex);
    pthread_mutex_unlock(&shared.mutex);
  }
  void CallAll(uint32_t round) override {
    SharedCondition& shared = shared_[0];
    pthread_mutex_lock(&shared.mutex);
    shared.round = round;
    pthread_cond_broadcast(&shared.changed);
    pthread_mutex_unlock(&shared.mutex);
  }

 private:
  SharedArray<SharedCondition> shared_;
};

// A semaphore of `waiters` units a round. Two take turns, or a fast waiter would take the unit that
// a slow one of the round before has yet to take.
class EventfdCall : public HerdCall {
 public:
  EventfdCall(int even, int odd, int waiters) : fds_{even, odd}, waiters_(waiters) {}
  ~EventfdCall() override {
    for (const int fd : fds_) close(fd);
  }

  void Wait(uint32_t round) override {
    uint64_t unit = 0;
    while (read(fds_[round % 2], &unit, sizeof(unit)) < 0 && errno == EINTR) {
    }
  }
  void CallAll(uint32_t round) override {
    const uint64_t units = waiters_;
    while (write(fds_[round % 2], &units, sizeof(units)) < 0 && errno == EINTR) {
    }
  }

 private:
  const int fds_[2];
  const int waiters_;
};

template <typename Call, typename Shared>
absl::StatusOr<std::shared_ptr<HerdCall>> MakeShared() {
  auto shared = SharedArray<Shared>::Create(1);
  if (!shared.ok()) return shared.status();
  return std::shared_ptr<HerdCall>(std::make_shared<Call>(*std::move(shared)));
}

absl::StatusOr<std::shared_ptr<HerdCall>> MakeEventfd(int waiters) {
  const int even = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC);
  const int odd = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC);
  if (even >= 0 && odd >= 0) {
    return std::shared_ptr<HerdCall>(std::make_shared<EventfdCall>(even, odd, waiters));
  }
  return absl::ResourceExhaustedError(absl::StrCat("eventfd: ", strerror(errno)));
}

}  // namespace

absl::StatusOr<std::shared_ptr<HerdCall>> MakeHerdCall(const std::string& kind, int waiters) {
  if (kind == "condvar") return MakeShared<CondvarCall, SharedCondition>();
  if (kind == "eventfd") return MakeEventfd(waiters);
  return MakeShared<FutexCall, FutexWord>();
}

}  // namespace scxx::load
