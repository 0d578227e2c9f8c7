/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// explorer.h: runs short threads in every order in which their memory accesses can interleave, on a
// memory with store buffers (x86's, and the least that any machine we run on does): a plain store
// becomes visible to the others some time later, an exchange at once and after all earlier stores.
//
//   Explorer explorer;
//   explorer.AddThread([] { Explorer::Write(&x, 1); seen_y = Explorer::Read(&y); });
//   explorer.AddThread([] { Explorer::Write(&y, 1); ... });
//   explorer.Explore([&](const Explorer& end) { if (...end.Final(&x)...) ++bad; });
//
// A thread is run again from its beginning for every step, with the results that its accesses had
// so far, until it makes one access more. So it may have no effect but through the accesses here,
// and must do the same when they return the same. SetReset() names what puts scratch memory back.
//
// Only accesses that conflict are steps: a word that one thread alone uses, or nobody writes, is
// found out on the way and costs nothing.
//
// Deterministic and single-threaded. Weaken() is for mutants: it takes the barrier from a word.
#ifndef SCXX_BPF_TESTING_EXPLORER_H_
#define SCXX_BPF_TESTING_EXPLORER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <type_traits>
#include <vector>

namespace scxx {

class Explorer {
 public:
  void AddThread(std::function<void()> body) { bodies_.push_back(std::move(body)); }
  void SetReset(std::function<void()> reset) { reset_ = std::move(reset); }

  // Exchanges of this word behave like a load and a plain store.
  void Weaken(const volatile void* word) { weak_.insert(Key(word)); }

  // Calls `at_end` for each state in which no thread can go on: all have returned, or wait in
  // Await(). The number of different states seen.
  size_t Explore(const std::function<void(const Explorer&)>& at_end);

  // In at_end: a word's value, and whether a thread has returned.
  template <typename T>
  T Final(const T* word) const {
    return static_cast<T>(Load(state_, Key(word), *word));
  }
  bool Returned(size_t thread) const { return state_.threads[thread].returned; }

  // ---- accesses, to be called by threads ----

  template <typename T>
  static T Read(const T* word) {
    return static_cast<T>(current_->Access(
        {.kind = kRead, .key = Key(word), .initial = Bits(*word), .value = 0, .change = {}}));
  }
  template <typename T>
  static void Write(T* word, std::type_identity_t<T> value) {
    current_->Access({.kind = kWrite,
                      .key = Key(word),
                      .initial = Bits(*word),
                      .value = Bits(value),
                      .change = {}});
  }
  // Any read-modify-write; returns what was there. A full barrier.
  template <typename T, typename Change>
  static T Modify(T* word, Change change) {
    return static_cast<T>(current_->Access(
        {.kind = kModify,
         .key = Key(word),
         .initial = Bits(*word),
         .value = 0,
         .change = [change](uint64_t old) { return Bits(change(static_cast<T>(old))); }}));
  }
  // Waits until the word is not 0, and makes it 0.
  template <typename T>
  static void Await(T* word) {
    current_->Access(
        {.kind = kAwait, .key = Key(word), .initial = Bits(*word), .value = 0, .change = {}});
  }

 private:
  using Word = uintptr_t;
  enum Kind { kRead, kWrite, kModify, kAwait };

  struct Operation {
    Kind kind;
    Word key;
    uint64_t initial;  // the word's value before anybody wrote it
    uint64_t value;
    std::function<uint64_t(uint64_t)> change;
  };
  struct Store {
    Word key;
    uint64_t value;
    friend auto operator<=>(const Store&, const Store&) = default;
  };
  struct Thread {
    std::vector<uint64_t> results;
    std::deque<Store> buffer;
    bool returned = false;
    friend auto operator<=>(const Thread&, const Thread&) = default;
  };
  struct State {
    std::map<Word, uint64_t> memory;
    std::vector<Thread> threads;
    friend auto operator<=>(const State&, const State&) = default;
  };
  struct Stop {};  // thrown to leave a thread's body
  struct Use {
    uint64_t users = 0;  // bit t: thread t
    bool written = false;
  };

  static Word Key(const volatile void* word) { return reinterpret_cast<Word>(word); }
  template <typename T>
  static uint64_t Bits(T value) {
    return static_cast<uint64_t>(value);
  }
  static uint64_t Load(const State& state, Word key, uint64_t initial) {
    const auto found = state.memory.find(key);
    return found == state.memory.end() ? initial : found->second;
  }

  void ExploreOnce(const std::function<void(const Explorer&)>& at_end);
  void Visit(std::vector<State>* pending, State state);
  bool Step(size_t thread);
  bool Drain(size_t thread);
  uint64_t Access(const Operation& operation);
  uint64_t Perform(const Operation& operation);
  uint64_t PerformAlone(const Operation& operation);
  void NoteUse(const Operation& operation);
  uint64_t Visible(const Operation& operation) const;

  static Explorer* current_;

  std::vector<std::function<void()>> bodies_;
  std::function<void()> reset_;
  std::set<Word> weak_;
  std::set<State> seen_;
  std::map<Word, Use> uses_;
  std::set<Word> shared_;
  bool found_shared_ = false;

  // The state under way and the thread that makes a step in it.
  State state_;
  size_t running_ = 0;
  size_t replayed_ = 0;
  bool stepped_ = false;
};

}  // namespace scxx

#endif  // SCXX_BPF_TESTING_EXPLORER_H_
