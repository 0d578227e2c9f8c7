// SPDX-License-Identifier: Apache-2.0
//
// Whatever a workload file says, reading it ends in a workload that runs, though perhaps into a
// deadlock, or in one line. Thousands of files, each a good one that has been damaged; equal in
// every run.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/base/units.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "tools/schedsim/workload_file/workload_file.h"

namespace scxx {
namespace {

constexpr int kInputs = 6'000;
constexpr int kRuns = 60;  // of what is accepted
constexpr int kCpus = 4;

// What a parser may stumble over, and what the format is made of.
constexpr const char* kWords[] = {"{",
                                  "}",
                                  "[",
                                  "]",
                                  ",",
                                  ":",
                                  "\"",
                                  "/*",
                                  "*/",
                                  "//",
                                  "\\",
                                  "\\u0000",
                                  "null",
                                  "true",
                                  "-1",
                                  "0",
                                  "1e999",
                                  "-0.0",
                                  "1.5",
                                  "99999999999999999999",
                                  "3600000000",
                                  "2147483648",
                                  "\"run\"",
                                  "\"sleep\"",
                                  "\"loop\"",
                                  "\"phases\"",
                                  "\"timer\"",
                                  "\"unique\"",
                                  "\"absolute\"",
                                  "\"runtime\"",
                                  "\"fork\"",
                                  "\"resume\"",
                                  "\"suspend\"",
                                  "\"lock\"",
                                  "\"unlock\"",
                                  "\"wait\"",
                                  "\"signal\"",
                                  "\"broad\"",
                                  "\"sync\"",
                                  "\"barrier\"",
                                  "\"mutex\"",
                                  "\"table\"",
                                  "\"policy\"",
                                  "\"SCHED_FIFO\"",
                                  "\"SCHED_IDLE\"",
                                  "\"SCHED_DEADLINE\"",
                                  "\"dl-runtime\"",
                                  "\"taskgroup\"",
                                  "\"sem_wait\"",
                                  "\"memrun\"",
                                  "\"suspend\",",
                                  "{\"ref\": \"c\", \"mutex\": \"m\"}",
                                  "\"instance\"",
                                  "\"cpus\"",
                                  "\"priority\"",
                                  "\"delay\"",
                                  "\"tasks\"",
                                  "\"global\"",
                                  "\"duration\"",
                                  "{\"a\": {\"run\": 1}}",
                                  "[[[[[[[[[[[[",
                                  "\xff\xfe",
                                  "\n"};

std::vector<std::string> Corpus() {
  std::vector<std::string> texts = {
      R"({"global": {"default_policy": "SCHED_BATCH"}, "resources": {"s": {"type": "semaphore", "value": 2}},
          "tasks": {"a": {"cpus": [2], "phases": {
                       "p": {"loop": 3, "run": 10, "run": 20, "suspend", "cpus": [0, 1], "policy": "SCHED_FIFO"},
                       "q": {"mem": 1000, "policy": "SCHED_DEADLINE", "dl-runtime": 50, "dl-period": 900, "run": 99},
                       "r": {"iorun": 1000, "policy": "SCHED_IDLE", "taskgroup": "/g"}}},
                    "b": {"sem_wait": "s", "memrun": {"type": "chase", "count": 9}, "resume": "a", "sem_post": "s"}}})",
      R"({"global": {"duration": null}, "tasks": {
          "a": {"delay": 50, "phases": {
              "p": {"loop": 100000, "run": 10, "timer": {"ref": "unique", "period": 30, "mode": "absolute"}},
              "q": {"loop": 2, "runtime": 40, "timer": {"ref": "tick", "period": 100}}}},
          "b": {"policy": "SCHED_DEADLINE", "runtime": 20, "period": 90, "dl-reclaim": false,
                "timer": {"ref": "tick", "period": 70, "mode": null}}}})",
      R"({"tasks": {"a": {"run": 10, "resume": "b", "fork": "b", "yield": ""}, "b": {"suspend": ""}}})",
      R"({"tasks": {"a": {"run": 10, "sync": {"ref": "c", "mutex": "m"}, "barrier": "b", "broad": "c"},
                    "c": {"lock": "m", "wait": {"ref": "c", "mutex": "m"}, "unlock": "m", "run": 5},
                    "e": {"loop": 3, "lock": "m", "signal": "c", "unlock": "m", "barrier": "b"}}})"};
  for (const char* name : {"desktop", "periodic", "ping_pong", "producer_consumer"}) {
    std::ostringstream text;
    text << std::ifstream(std::string("tools/schedsim/workload_file/examples/") + name + ".json")
                .rdbuf();
    texts.push_back(text.str());
  }
  return texts;
}

class Damage {
 public:
  explicit Damage(std::vector<std::string> corpus) : corpus_(std::move(corpus)) {}

  std::string Next() {
    std::string text = corpus_[Below(corpus_.size())];
    for (size_t n = 1 + Below(3); n > 0 && !text.empty(); --n) Change(&text);
    return text;
  }

 private:
  size_t Below(size_t n) { return random_() % n; }

  void Change(std::string* text) {
    const size_t at = Below(text->size());
    const size_t length = std::min(text->size() - at, 1 + Below(20));
    const std::string word = kWords[Below(std::size(kWords))];
    switch (Below(7)) {
      case 0:
        (*text)[at] = static_cast<char>(random_());
        return;
      case 1:
        text->erase(at, length);
        return;
      case 2:
        text->insert(at, text->substr(Below(text->size()), length));
        return;
      case 3:
        text->resize(at);
        return;
      case 4:
        text->insert(at, word);
        return;
      default:
        return ReplaceToken(text, at, word);
    }
  }

  // Keeps the structure more often than the others: a number, a name or a mark becomes another.
  static void ReplaceToken(std::string* text, size_t at, const std::string& word) {
    const size_t begin = text->find_first_of("0123456789\"{[", at);
    if (begin == std::string::npos) return;
    const bool name = (*text)[begin] == '"';
    const size_t end =
        name ? text->find('"', begin + 1) : text->find_first_not_of("0123456789", begin + 1) - 1;
    if (end >= text->size()) return;
    text->replace(begin, end - begin + 1, word);
  }

  const std::vector<std::string> corpus_;
  std::mt19937 random_{20261122};
};

void ExpectRuns(const sim::Workload& workload) {
  const sim::SimulatedPolicy fifo = {.traits = TraitsOf<FifoPolicy>(),
                                     .make = [](const PolicyLimits& limits) {
                                       return AnyPolicy(*FifoPolicy::Create({}, limits));
                                     }};
  const sim::RunResult result = sim::RunSimulation(
      {.topology = {.cores_per_llc = kCpus}, .workload = workload, .duration = Millis(2)}, fifo);
  // What cannot be seen in a file is a verdict.
  if (result.failure.rfind("deadlock: ", 0) == 0) return;
  EXPECT_EQ(result.failure, "");
}

bool IsSmall(const sim::Workload& workload) {
  int64_t tasks = 0;
  for (const sim::TaskGroup& group : workload.groups) tasks += group.count;
  return tasks <= 32;
}

TEST(RtAppFuzz, ADamagedFileIsAWorkloadOrOneLine) {
  Damage damage(Corpus());
  int accepted = 0, refused = 0, ran = 0;
  for (int i = 0; i < kInputs; ++i) {
    const std::string text = damage.Next();
    SCOPED_TRACE(text);
    const absl::StatusOr<RtAppFile> file = ReadRtApp("f.json", text, kCpus);
    if (file.ok()) {
      // Some of them, and not all from the beginning.
      if (++accepted % 4 == 0 && ran < kRuns && IsSmall(file->workload)) {
        ExpectRuns(file->workload);
        ++ran;
      }
      continue;
    }
    ++refused;
    const std::string message(file.status().message());
    EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(message.rfind("f.json:", 0), 0u) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_LT(message.size(), 400u) << message;
    if (HasFailure()) return;
  }
  // The damage is neither too small nor too great to say something.
  EXPECT_GT(accepted, kInputs / 20);
  EXPECT_GT(refused, kInputs / 2);
  EXPECT_EQ(ran, kRuns);
}

}  // namespace
}  // namespace scxx
