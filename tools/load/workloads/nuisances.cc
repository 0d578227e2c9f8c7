// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/nuisances.h"

#include <sched.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "framework/base/duration.h"
#include "framework/base/process/process.h"
#include "tools/load/affinity.h"
#include "tools/load/burn.h"
#include "tools/load/fault.h"
#include "tools/load/sched_class.h"
#include "tools/load/workloads/hogs.h"
#include "tools/load/workloads/sleepers.h"

namespace scxx::load {
namespace {

constexpr int kRealTimePriority = 50;
constexpr size_t kPage = 4096;
constexpr size_t kMegabyte = 1 << 20;

struct Class {
  const char* name;
  int policy;
};

constexpr Class kClasses[] = {
    {"other", SCHED_OTHER}, {"batch", SCHED_BATCH},       {"idle", SCHED_IDLE},
    {"fifo", SCHED_FIFO},   {"deadline", kSchedDeadline},
};

// False when the kernel refused.
bool Join(const std::string& name) {
  for (const Class& c : kClasses) {
    if (name != c.name) continue;
    return JoinSchedClass(
        {.policy = c.policy, .priority = c.policy == SCHED_FIFO ? kRealTimePriority : 0});
  }
  return false;
}

absl::Status CheckCpu(int cpu) {
  if (cpu < 0 || AllowedCpus().Contains(CpuId(cpu))) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--cpu=", cpu, ": not an allowed CPU"));
}

void Confine(pid_t pid, int cpu) {
  if (cpu >= 0) SetAllowedCpus(pid, CpuSet::Only(CpuId(cpu)));
}

}  // namespace

void Spinners::RegisterFlags(FlagSet& flags) {
  flags.Int("tasks", &options_.tasks, {1, 10'000}, "how many");
  flags.Int("cpu", &options_.cpu, {-1, 1023}, "the only CPU they may run on; -1: any");
  flags.Choice("policy", &options_.policy, {"other", "batch", "idle", "fifo", "deadline"},
               "scheduling class; fifo is real-time, deadline has 80 of every 100 ms");
  flags.Duration("burst", &options_.burst, "spin so long of each period; 0s: all the time");
  flags.Duration("period", &options_.period, "from one burst to the next");
  flags.Duration("duration", &options_.duration, "how long to run");
}

absl::Status Spinners::Build(Crew& crew) {
  if (absl::Status status = CheckCpu(options_.cpu); !status.ok()) return status;
  if (options_.period <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--period must be greater than zero");
  }
  const bool always = options_.burst <= absl::ZeroDuration();
  const int64_t work = always ? 0 : CalibrateBurn(FromDuration(options_.burst));
  for (int i = 0; i < options_.tasks; ++i) {
    crew.Add("spinner", [=, options = options_](Task& task) {
      Confine(0, options.cpu);
      if (!Join(options.policy)) return;  // Shows as missing operations.
      if (always) return Hog(task);
      RunPeriodically(task, FromDuration(options.period), work);
    });
  }
  return absl::OkStatus();
}

namespace {

std::string FirstLine(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

bool WriteTo(const std::string& file, const std::string& value) {
  std::ofstream out(file);
  out << value << std::flush;
  return out.good();
}

// Of "always [madvise] never" the word in brackets; the text itself when there are none.
std::string ValueIn(const std::string& text) {
  const size_t open = text.find('['), close = text.find(']');
  if (open == std::string::npos || close == std::string::npos) return text;
  return text.substr(open + 1, close - open - 1);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ScopedSetting>> ScopedSetting::Change(const std::string& file,
                                                                     const std::string& value) {
  const std::string before = FirstLine(file);
  if (before.empty()) {
    return absl::NotFoundError(absl::StrCat("cannot read ", file, ": use another kernel"));
  }
  if (!WriteTo(file, value)) {
    return absl::PermissionDeniedError(absl::StrCat("cannot write ", file, ": run as root"));
  }
  return std::unique_ptr<ScopedSetting>(new ScopedSetting(file, ValueIn(before)));
}

ScopedSetting::~ScopedSetting() { WriteTo(file_, before_); }

namespace {

// No pauses between rounds, and rounds without an end.
constexpr std::pair<const char*, const char*> kBusyKernelThreads[] = {
    {"/sys/kernel/mm/ksm/sleep_millisecs", "0"},
    {"/sys/kernel/mm/ksm/pages_to_scan", "100000"},
    {"/sys/kernel/mm/ksm/run", "1"},
    {"/sys/kernel/mm/transparent_hugepage/enabled", "always"},
    {"/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", "0"},
    {"/sys/kernel/mm/transparent_hugepage/khugepaged/alloc_sleep_millisecs", "0"},
    {"/sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan", "100000"},
};

// Null when there is no memory left. In a process that ends soon, or lives as long as the load.
char* Memory(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
}

void TouchPages(char* memory, size_t bytes, char value) {
  for (size_t at = 0; at < bytes; at += kPage) memory[at] = value;
}

// Equal pages, changed now and then, so that ksmd finds them anew.
void OfferPages(Task& task, size_t bytes) {
  char* const memory = Memory(bytes);
  if (memory == nullptr) return;
  madvise(memory, bytes, MADV_MERGEABLE);
  for (char value = 1; !task.stopping(); ++value) {
    TouchPages(memory, bytes, value);
    const Instant now = task.Progress();
    task.SleepUntil(now + Millis(500));
  }
}

}  // namespace

void KernelThreads::RegisterFlags(FlagSet& flags) {
  flags.Int("cpu", &options_.cpu, {-1, 1023}, "where the kernel threads may run; -1: anywhere");
  flags.Int("megabytes", &options_.megabytes, {1, 100'000}, "equal pages for them to look at");
  flags.Duration("duration", &options_.duration, "how long to run");
}

absl::Status KernelThreads::Build(Crew& crew) {
  if (absl::Status status = CheckCpu(options_.cpu); !status.ok()) return status;
  for (const char* thread : {"ksmd", "khugepaged"}) {
    const absl::StatusOr<pid_t> pid = FindProcess(thread);
    if (!pid.ok()) return absl::NotFoundError(absl::StrCat("this kernel has no thread ", thread));
    Confine(*pid, options_.cpu);
  }
  for (const auto& [file, value] : kBusyKernelThreads) {
    auto setting = ScopedSetting::Change(file, value);
    if (!setting.ok()) return setting.status();
    settings_.push_back(*std::move(setting));
  }
  const size_t bytes = static_cast<size_t>(options_.megabytes) * kMegabyte;
  crew.Add("owner", [=](Task& task) { OfferPages(task, bytes); });
  return absl::OkStatus();
}

namespace {

// In a process of its own, which the kernel is to choose when memory is short.
void Eat(int megabytes) {
  WriteTo("/proc/self/oom_score_adj", "1000");
  for (int eaten = 0; megabytes == 0 || eaten < megabytes; ++eaten) {
    char* const memory = Memory(kMegabyte);
    if (memory == nullptr) return;
    TouchPages(memory, kMegabyte, 1);
  }
}

}  // namespace

void MemoryEaters::RegisterFlags(FlagSet& flags) {
  flags.Int("tasks", &options_.tasks, {1, 1000}, "how many at the same time");
  flags.Int("megabytes", &options_.megabytes, {0, 1'000'000}, "each; 0: until the kernel kills it");
  flags.Duration("duration", &options_.duration, "how long to run");
}

absl::Status MemoryEaters::Build(Crew& crew) {
  const int megabytes = options_.megabytes;
  for (int i = 0; i < options_.tasks; ++i) {
    crew.Add("feeder", [=](Task& task) {
      while (!task.stopping()) {
        absl::StatusOr<Process> eater = Process::Fork([&] { Eat(megabytes); });
        if (!eater.ok()) return;  // Shows as missing operations.
        eater->Wait();
        task.Progress();
      }
    });
  }
  return absl::OkStatus();
}

}  // namespace scxx::load
