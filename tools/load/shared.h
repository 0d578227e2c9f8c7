// SPDX-License-Identifier: Apache-2.0
// What the processes of a load share: memory, words in it to wait on, a gate at which all of them
// start, and pipes. All of it is made before the fork, and each child inherits it.
#ifndef SCXX_TOOLS_LOAD_SHARED_H_
#define SCXX_TOOLS_LOAD_SHARED_H_

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/base/units.h"

namespace scxx::load {

// An array in memory that forked children share with their parent: zeroed, every page touched up
// front.
//
// Ownership: the mapping goes when the array does, in each process for itself. T must be happy with
// all-zero bytes; no constructor or destructor runs.
template <typename T>
class SharedArray {
 public:
  SharedArray() = default;

  static absl::StatusOr<SharedArray> Create(size_t size) {
    void* memory = mmap(nullptr, size * sizeof(T), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) {
      return absl::ResourceExhaustedError(std::string("mmap shared memory: ") + strerror(errno));
    }
    return SharedArray(static_cast<T*>(memory), size);
  }

  SharedArray(SharedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  SharedArray& operator=(SharedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~SharedArray() {
    if (data_ != nullptr) munmap(data_, size_ * sizeof(T));
  }

  T& operator[](size_t i) const { return data_[i]; }
  T* begin() const { return data_; }
  T* end() const { return data_ + size_; }
  size_t size() const { return size_; }

 private:
  SharedArray(T* data, size_t size) : data_(data), size_(size) {}

  T* data_ = nullptr;
  size_t size_ = 0;
};

// A futex: a word in memory that processes share, on which they wait for one another.
using FutexWord = std::atomic<uint32_t>;
static_assert(sizeof(FutexWord) == 4 && FutexWord::is_always_lock_free);

inline constexpr Instant kForever = Instant() + Nanos::Max();

// Blocks while *word == expected, until woken or until CLOCK_MONOTONIC shows `deadline`. May
// return early for no reason: the caller tests its condition again. False means the deadline has
// passed.
bool FutexWait(const FutexWord& word, uint32_t expected, Instant deadline = kForever);

// Wakes at most `count` waiters (all of them by default); returns how many.
int FutexWake(FutexWord& word, int count = INT32_MAX);

// Blocks until *word >= target. False means the deadline came first.
bool WaitUntilAtLeast(const FutexWord& word, uint32_t target, Instant deadline = kForever);

// A start barrier in shared memory: tasks arrive and block; their parent opens the gate for all at
// once.
//
//   SharedArray<StartGate> gate = ...;      // All zero bytes is a closed gate.
//   child:   gate[0].ArriveAndWait();
//   parent:  gate[0].AwaitArrivals(n, deadline); ...; gate[0].Open(Now());
class StartGate {
 public:
  // Blocks until the gate opens; returns the time at which it did.
  Instant ArriveAndWait() {
    arrived_.fetch_add(1);
    FutexWake(arrived_);
    WaitUntilAtLeast(open_, 1);
    return opened_at_.load();
  }

  // False when fewer than `count` have arrived at the deadline.
  bool AwaitArrivals(uint32_t count, Instant deadline) const {
    return WaitUntilAtLeast(arrived_, count, deadline);
  }

  void Open(Instant now) {
    opened_at_.store(now);
    open_.store(1);
    FutexWake(open_);
  }

  uint32_t arrived() const { return arrived_.load(); }

 private:
  FutexWord arrived_ = 0;
  FutexWord open_ = 0;
  std::atomic<Instant> opened_at_ = Instant();
};

// A pipe that carries whole messages between processes.
// Ownership: closes both ends, in each process for itself.
class Pipe {
 public:
  // The longest message that is written in one piece, however many write.
  static constexpr int kAtomicBytes = PIPE_BUF;

  static absl::StatusOr<std::shared_ptr<Pipe>> Create();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe();

  // One whole message of up to kAtomicBytes; blocks while the pipe is full (Write) or holds none
  // (Read). False when the other side is gone.
  bool Write(const std::vector<char>& message) const;
  bool Read(std::vector<char>& message) const;

 private:
  Pipe(int read_end, int write_end) : read_end_(read_end), write_end_(write_end) {}

  int read_end_;
  int write_end_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_SHARED_H_
