// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/rt_app_locks.h"

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

using sim::StepKind;

// What one task has locked as it goes through its steps.
class Held {
 public:
  Held(const JsonDocument& document, const sim::LockNames& names)
      : document_(document), names_(names) {}

  absl::Status Walk(const std::vector<RtAppStep>& steps, size_t from, bool again) {
    absl::Status status;
    for (size_t i = from; i < steps.size() && status.ok(); ++i) status = Take(steps[i], again);
    return status;
  }

  absl::Status CheckNothing() const {
    if (held_.empty()) return absl::OkStatus();
    const auto& [mutex, lock] = *held_.begin();
    return document_.Wrong(*lock.at, absl::StrCat("the task ends with ", NameOf(mutex),
                                                  " locked: expected an unlock"));
  }

 private:
  struct Lock {
    std::shared_ptr<const JsonNode> at;
    bool again = false;
  };

  absl::Status Take(const RtAppStep& one, bool again) {
    const uint32_t object = one.step.object;
    switch (one.step.kind) {
      case StepKind::kLock:
        return TakeMutex(object, one, again);
      case StepKind::kUnlock:
        if (held_.erase(object) == 1) return absl::OkStatus();
        return document_.Expected(*one.at, "a mutex that this task has locked before");
      case StepKind::kCondWait:
        if (held_.count(one.step.mutex) == 1) return absl::OkStatus();
        return document_.Wrong(
            *one.at, absl::StrCat("expected a lock of ", NameOf(one.step.mutex),
                                  " by this task before: a wait gives it and takes it again"));
      default:
        return absl::OkStatus();
    }
  }

  absl::Status TakeMutex(uint32_t mutex, const RtAppStep& one, bool again) {
    const auto [found, is_new] = held_.try_emplace(mutex, Lock{one.at, again});
    if (is_new) return absl::OkStatus();
    if (again && !found->second.again) {
      return document_.Wrong(*one.at, absl::StrCat(NameOf(mutex),
                                                   " is still locked when the steps are repeated: "
                                                   "expected an unlock"));
    }
    return document_.Wrong(*one.at, absl::StrCat("this task has locked ", NameOf(mutex),
                                                 " already, and would wait for itself: expected an "
                                                 "unlock before"));
  }

  std::string NameOf(uint32_t mutex) const {
    return absl::StrCat("mutex \"", names_.mutexes[mutex], "\"");
  }

  const JsonDocument& document_;
  const sim::LockNames& names_;
  std::map<uint32_t, Lock> held_;
};

}  // namespace

uint32_t RtAppLocks::NumberOf(const std::string& name, Numbers* numbers,
                              std::vector<std::string>* names) {
  const auto [found, is_new] = numbers->try_emplace(name, static_cast<uint32_t>(names->size()));
  if (is_new) names->push_back(name);
  return found->second;
}

absl::Status RtAppLocks::CheckTask(const JsonDocument& document, const Task& task) {
  NoteMeetings(task.steps);
  absl::Status status = CheckBarriers(document, task);
  Held held(document, names_);
  if (status.ok()) status = held.Walk(task.steps, 0, /*again=*/false);
  if (status.ok() && task.repeats) status = held.Walk(task.steps, task.repeat_from, /*again=*/true);
  if (status.ok() && task.ends) status = held.CheckNothing();
  return status;
}

absl::Status RtAppLocks::CheckBarriers(const JsonDocument& document, const Task& task) const {
  std::map<uint32_t, const JsonNode*> named;
  for (const RtAppStep& one : task.steps) {
    if (one.step.kind != StepKind::kBarrier) continue;
    const auto [found, is_new] = named.try_emplace(one.step.object, one.at.get());
    if (!is_new && found->second != one.at.get()) {
      return document.Expected(
          *one.at,
          "another name than before: a barrier is one place in a task, where it meets others");
    }
  }
  return absl::OkStatus();
}

void RtAppLocks::NoteMeetings(const std::vector<RtAppStep>& steps) {
  for (const RtAppStep& one : steps) {
    const StepKind kind = one.step.kind;
    if (kind == StepKind::kCondWait) awaited_.try_emplace(one.step.object, one.at);
    if (kind == StepKind::kSignal || kind == StepKind::kBroadcast) {
      signalled_.insert(one.step.object);
    }
  }
}

absl::Status RtAppLocks::CheckMeetings(const JsonDocument& document) const {
  for (const auto& [condition, at] : awaited_) {
    if (signalled_.count(condition) == 1) continue;
    return document.Wrong(*at, absl::StrCat("nobody signals \"", names_.conditions[condition],
                                            "\": expected a signal, broad or sync of it"));
  }
  return absl::OkStatus();
}

}  // namespace scxx
