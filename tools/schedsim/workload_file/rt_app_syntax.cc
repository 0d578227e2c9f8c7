// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/rt_app_syntax.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "tools/schedsim/workload_file/rt_app_values.h"

namespace scxx {
namespace {

using Steps = absl::StatusOr<std::vector<sim::Step>>;

struct Scope : RtAppScope {
  const JsonDocument& document;
};

// `what` names the thing: "a mutex's".
absl::StatusOr<std::string> ReadName(const JsonDocument& document, const JsonNode& node,
                                     absl::string_view what) {
  if (node.value->isString() && IsRtAppName(node.value->asString())) return node.value->asString();
  return document.Expected(node, RtAppNameOf(what));
}

// For no time at all: a step all the same.
Steps Nothing() { return Steps({sim::Run(Nanos::Zero())}); }

Steps ReadRun(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<Nanos> time = ReadMicros(scope.document, node);
  if (!time.ok()) return time.status();
  return Steps({sim::Run(*time)});
}

Steps ReadRuntime(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<Nanos> time = ReadMicros(scope.document, node);
  if (!time.ok()) return time.status();
  return Steps({sim::RunUntil(*time)});
}

Steps ReadSleep(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<Nanos> time = ReadMicros(scope.document, node);
  if (!time.ok()) return time.status();
  return *time == Nanos::Zero() ? Nothing() : Steps({sim::Sleep(*time)});
}

// ---- memory and devices: there are none, and each byte costs the same ----

constexpr int64_t kMaxBytes = 1'000'000'000'000;
constexpr Nanos kMemoryPerKilobyte = Nanos(100);    // written in one go, 10 GB/s
constexpr Nanos kDevicePerKilobyte = Nanos(1'000);  // 1 GB/s
constexpr Nanos kAccess = Nanos(1);                 // one of "memrun", to the next byte
constexpr Nanos kChase = Nanos(5);                  // one of "memrun", to where a pointer leads

absl::StatusOr<Nanos> ReadBytes(const Scope& scope, const JsonNode& node, Nanos per_kilobyte) {
  const absl::StatusOr<int64_t> bytes =
      ReadInteger(scope.document, node, "a number of bytes", 0, kMaxBytes);
  if (!bytes.ok()) return bytes.status();
  return per_kilobyte * *bytes / 1'000;
}

Steps ReadMem(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<Nanos> time = ReadBytes(scope, node, kMemoryPerKilobyte);
  if (!time.ok()) return time.status();
  return Steps({sim::Run(*time)});
}

Steps ReadIorun(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<Nanos> time = ReadBytes(scope, node, kDevicePerKilobyte);
  if (!time.ok()) return time.status();
  return *time == Nanos::Zero() ? Nothing() : Steps({sim::Sleep(*time)});
}

struct Memrun {
  bool chase = false;
  std::optional<int64_t> count = {};
};

absl::Status ReadMemrunMember(const JsonDocument& document, const JsonNode& member,
                              Memrun* memrun) {
  const absl::string_view key = member.key;
  if (!IsOneOf({"type", "count", "size", "stride", "pattern"}, key)) {
    return document.Wrong(member,
                          "unknown key; a memrun has type, count, size, stride and pattern");
  }
  if (member.is_null()) return absl::OkStatus();
  if (key == "pattern") return ReadWord(document, member, {"random", "sequential"}).status();
  if (key == "type") {
    memrun->chase = *member.value == "chase";
    return ReadWord(document, member, {"read", "write", "chase"}).status();
  }
  const absl::StatusOr<int64_t> number = ReadInteger(document, member, "a number", 0, kMaxBytes);
  if (number.ok() && key == "count") memrun->count = *number;
  return number.status();
}

// { "type": "chase", "size": ..., "stride": ..., "pattern": ..., "count": accesses }
Steps ReadMemrun(const Scope& scope, const JsonNode& node) {
  const absl::Status object = CheckObject(scope.document, node);
  if (!object.ok()) return object;
  Memrun memrun;
  for (const JsonNode& member : scope.document.Members(node)) {
    const absl::Status status = ReadMemrunMember(scope.document, member, &memrun);
    if (!status.ok()) return status;
  }
  if (!memrun.count) {
    return scope.document.Wrong(node, "expected a member \"count\", a number of accesses");
  }
  return Steps({sim::Run((memrun.chase ? kChase : kAccess) * *memrun.count)});
}

struct TimerUse {
  std::string ref = "unknown";  // what rt-app calls it then
  bool absolute = false;
  std::optional<Nanos> period = {};
};

absl::Status ReadTimerMember(const JsonDocument& document, const JsonNode& member, TimerUse* use) {
  const absl::string_view key = member.key;
  if (!IsOneOf({"period", "ref", "mode"}, key)) {
    return document.Wrong(member, "unknown key; a timer has period, ref and mode");
  }
  if (member.is_null()) return absl::OkStatus();
  if (key == "period") return Assign(ReadMicros(document, member), &use->period);
  if (key == "ref") return Assign(ReadText(document, member, "the timer's name"), &use->ref);
  use->absolute = *member.value == "absolute";
  return ReadWord(document, member, {"relative", "absolute"}).status();
}

Steps ReadTimer(const Scope& scope, const JsonNode& node) {
  const absl::Status object = CheckObject(scope.document, node);
  if (!object.ok()) return object;
  TimerUse use;
  for (const JsonNode& member : scope.document.Members(node)) {
    const absl::Status status = ReadTimerMember(scope.document, member, &use);
    if (!status.ok()) return status;
  }
  if (!use.period) {
    return scope.document.Wrong(node, "expected a member \"period\", in microseconds");
  }
  return Steps({sim::Timer(scope.timers->Number(scope.task, use.ref, use.absolute), *use.period)});
}

absl::StatusOr<uint32_t> ReadTaskName(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<std::string> name = ReadText(scope.document, node, "a task's name");
  if (!name.ok()) return name.status();
  const auto found = scope.tasks.find(*name);
  if (found == scope.tasks.end()) {
    return scope.document.Expected(node, "the name of a task of this file");
  }
  return found->second;
}

// By its own name, or by one that others may share.
Steps ReadSuspend(const Scope& scope, const JsonNode& node) {
  if (*node.value == "") return Steps({sim::Suspend(scope.locks->Bell(scope.task))});
  const absl::StatusOr<std::string> name =
      ReadName(scope.document, node, "\"\", the task's name, or another");
  if (!name.ok()) return name.status();
  return Steps({sim::Suspend(scope.locks->Bell(*name))});
}

Steps ReadFork(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<uint32_t> group = ReadTaskName(scope, node);
  if (!group.ok()) return group.status();
  return Steps({sim::ForkOne(*group)});
}

Steps ReadYield(const Scope&, const JsonNode&) { return Steps({sim::Yield()}); }

// ---- locks ----

// A kind of lock, which files know by name.
struct LockKind {
  const char* whose;  // name
  uint32_t (RtAppLocks::*number)(const std::string& name);
};
constexpr LockKind kMutex = {"a mutex's", &RtAppLocks::Mutex};
constexpr LockKind kCondition = {"a condition's", &RtAppLocks::Condition};
constexpr LockKind kBarrier = {"a barrier's", &RtAppLocks::Barrier};
constexpr LockKind kSemaphore = {"a semaphore's", &RtAppLocks::Semaphore};
constexpr LockKind kBell = {"a task's", &RtAppLocks::Bell};

// A step that names a lock and nothing else.
template <const LockKind& kKind, sim::Step (*kMake)(uint32_t)>
Steps ReadNamed(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<std::string> name = ReadName(scope.document, node, kKind.whose);
  if (!name.ok()) return name.status();
  return Steps({kMake((scope.locks->*kKind.number)(*name))});
}

struct Condition {
  uint32_t condition = 0;
  uint32_t mutex = 0;
};

// { "ref": the condition, "mutex": the mutex }, in the order of the file or not.
absl::StatusOr<Condition> ReadCondition(const Scope& scope, const JsonNode& node) {
  const absl::Status object = CheckObject(scope.document, node);
  if (!object.ok()) return object;
  std::string condition, mutex;
  for (const JsonNode& member : scope.document.Members(node)) {
    if (member.key != "ref" && member.key != "mutex") {
      return scope.document.Wrong(member, "unknown key; expected ref, a condition, and mutex");
    }
    const bool is_mutex = member.key == "mutex";
    absl::StatusOr<std::string> name =
        ReadName(scope.document, member, (is_mutex ? kMutex : kCondition).whose);
    if (!name.ok()) return name.status();
    (is_mutex ? mutex : condition) = *std::move(name);
  }
  for (const auto& [key, name] : {std::pair("ref", condition), std::pair("mutex", mutex)}) {
    if (!name.empty()) continue;
    return scope.document.Wrong(node, absl::StrCat("expected a member \"", key, "\""));
  }
  return Condition{scope.locks->Condition(condition), scope.locks->Mutex(mutex)};
}

Steps ReadWait(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<Condition> c = ReadCondition(scope, node);
  if (!c.ok()) return c.status();
  return Steps({sim::CondWait(c->condition, c->mutex)});
}

bool IsLocked(const std::vector<RtAppStep>& before, uint32_t mutex) {
  bool locked = false;
  for (const RtAppStep& one : before) {
    if (one.step.object != mutex) continue;
    if (one.step.kind == sim::StepKind::kLock) locked = true;
    if (one.step.kind == sim::StepKind::kUnlock) locked = false;
  }
  return locked;
}

// It takes the mutex where the task does not have it.
Steps ReadSync(const Scope& scope, const JsonNode& node) {
  const absl::StatusOr<Condition> c = ReadCondition(scope, node);
  if (!c.ok()) return c.status();
  if (IsLocked(scope.before, c->mutex)) {
    return Steps({sim::Signal(c->condition), sim::CondWait(c->condition, c->mutex)});
  }
  return Steps({sim::Lock(c->mutex), sim::Signal(c->condition),
                sim::CondWait(c->condition, c->mutex), sim::Unlock(c->mutex)});
}

struct Word {
  absl::string_view word;
  Steps (*read)(const Scope& scope, const JsonNode& node);
};

constexpr Word kWords[] = {
    {"run", ReadRun},
    {"runtime", ReadRuntime},
    {"sleep", ReadSleep},
    {"timer", ReadTimer},
    {"yield", ReadYield},
    {"suspend", ReadSuspend},
    {"resume", ReadNamed<kBell, sim::Resume>},
    {"fork", ReadFork},
    {"lock", ReadNamed<kMutex, sim::Lock>},
    {"unlock", ReadNamed<kMutex, sim::Unlock>},
    {"wait", ReadWait},
    {"signal", ReadNamed<kCondition, sim::Signal>},
    {"broad", ReadNamed<kCondition, sim::Broadcast>},
    {"sync", ReadSync},
    {"barrier", ReadNamed<kBarrier, sim::Barrier>},
    {"sem_wait", ReadNamed<kSemaphore, sim::Take>},
    {"sem_post", ReadNamed<kSemaphore, sim::Give>},
    {"iorun", ReadIorun},
    {"mem", ReadMem},
    {"memrun", ReadMemrun},
};

const Word* FindWord(absl::string_view key) {
  for (const Word& word : kWords) {
    if (key.substr(0, word.word.size()) != word.word) continue;
    const absl::string_view rest = key.substr(word.word.size());
    if (rest.empty() || !absl::ascii_islower(static_cast<unsigned char>(rest[0]))) return &word;
  }
  return nullptr;
}

}  // namespace

bool IsRtAppStep(const std::string& key) { return FindWord(key) != nullptr; }

Steps ReadRtAppStep(const JsonDocument& document, const JsonNode& node, const RtAppScope& scope) {
  return FindWord(node.key)->read({scope, document}, node);
}

}  // namespace scxx
