// SPDX-License-Identifier: Apache-2.0
#include "bpf/testing/explorer.h"

#include <utility>

namespace scxx {

Explorer* Explorer::current_ = nullptr;

// Until it is known which words are shared, the ends seen may be too few: they count only then.
size_t Explorer::Explore(const std::function<void(const Explorer&)>& at_end) {
  current_ = this;
  uses_.clear();
  shared_.clear();
  do {
    found_shared_ = false;
    ExploreOnce([](const Explorer&) {});
  } while (found_shared_);
  ExploreOnce(at_end);
  current_ = nullptr;
  return seen_.size();
}

void Explorer::ExploreOnce(const std::function<void(const Explorer&)>& at_end) {
  seen_.clear();
  std::vector<State> pending;
  Visit(&pending, {.memory = {}, .threads = std::vector<Thread>(bodies_.size())});
  while (!pending.empty() && !found_shared_) {
    const State from = std::move(pending.back());
    pending.pop_back();
    bool moved = false;
    for (size_t thread = 0; thread < bodies_.size(); ++thread) {
      for (bool (Explorer::*move)(size_t) : {&Explorer::Step, &Explorer::Drain}) {
        state_ = from;
        if (!(this->*move)(thread)) continue;
        moved = true;
        Visit(&pending, state_);
      }
    }
    state_ = from;
    if (!moved) at_end(*this);
  }
}

void Explorer::Visit(std::vector<State>* pending, State state) {
  if (seen_.insert(state).second) pending->push_back(std::move(state));
}

// One access more of a thread. False: it has returned, or has to wait.
bool Explorer::Step(size_t thread) {
  if (state_.threads[thread].returned) return false;
  running_ = thread;
  replayed_ = 0;
  stepped_ = false;
  if (reset_) reset_();
  try {
    bodies_[thread]();
    state_.threads[thread].returned = true;
    return true;
  } catch (const Stop&) {
    return stepped_;
  }
}

// The oldest store of a thread becomes visible to the others.
bool Explorer::Drain(size_t thread) {
  std::deque<Store>& buffer = state_.threads[thread].buffer;
  if (buffer.empty()) return false;
  state_.memory[buffer.front().key] = buffer.front().value;
  buffer.pop_front();
  return true;
}

uint64_t Explorer::Access(const Operation& operation) {
  std::vector<uint64_t>& results = state_.threads[running_].results;
  if (replayed_ < results.size()) return results[replayed_++];
  NoteUse(operation);
  const bool alone = operation.kind != kAwait && shared_.count(operation.key) == 0;
  if (stepped_ && !alone) throw Stop{};
  const uint64_t result = alone ? PerformAlone(operation) : Perform(operation);
  results.push_back(result);
  ++replayed_;
  stepped_ |= !alone;
  return result;
}

void Explorer::NoteUse(const Operation& operation) {
  Use& use = uses_[operation.key];
  use.users |= uint64_t{1} << running_;
  use.written |= operation.kind != kRead;
  const bool conflicts = use.written && (use.users & (use.users - 1)) != 0;
  if (conflicts && shared_.insert(operation.key).second) found_shared_ = true;
}

uint64_t Explorer::PerformAlone(const Operation& operation) {
  const uint64_t old = Load(state_, operation.key, operation.initial);
  if (operation.kind == kWrite) state_.memory[operation.key] = operation.value;
  if (operation.kind == kModify) state_.memory[operation.key] = operation.change(old);
  return old;
}

// A thread sees its own stores before the others do.
uint64_t Explorer::Visible(const Operation& operation) const {
  const std::deque<Store>& buffer = state_.threads[running_].buffer;
  for (auto store = buffer.rbegin(); store != buffer.rend(); ++store) {
    if (store->key == operation.key) return store->value;
  }
  return Load(state_, operation.key, operation.initial);
}

uint64_t Explorer::Perform(const Operation& operation) {
  std::deque<Store>& buffer = state_.threads[running_].buffer;
  const uint64_t old = Visible(operation);
  const bool weak = weak_.count(operation.key) != 0;
  switch (operation.kind) {
    case kRead:
      break;
    case kWrite:
      buffer.push_back({operation.key, operation.value});
      break;
    case kModify:
      if (weak) {
        buffer.push_back({operation.key, operation.change(old)});
        break;
      }
      if (!buffer.empty()) throw Stop{};
      state_.memory[operation.key] = operation.change(old);
      break;
    case kAwait:
      if (!buffer.empty() || old == 0) throw Stop{};
      state_.memory[operation.key] = 0;
      break;
  }
  return old;
}

}  // namespace scxx
