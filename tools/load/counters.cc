// SPDX-License-Identifier: Apache-2.0
#include "tools/load/counters.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace scxx::load {

std::string ReadSmallFile(const char* path) {
  std::string text;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return text;
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) text.append(buffer, n);
  close(fd);
  return text;
}

SchedStat ParseSchedStat(absl::string_view text) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  int64_t cpu = 0;
  int64_t run_delay = 0;
  if (words.size() < 3) return {};
  if (!absl::SimpleAtoi(words[0], &cpu) || !absl::SimpleAtoi(words[1], &run_delay)) return {};
  return {.cpu = Nanos(cpu), .run_delay = Nanos(run_delay)};
}

SchedStat ReadOwnSchedStat() {
  return ParseSchedStat(ReadSmallFile("/proc/thread-self/schedstat"));
}

Switches ReadOwnSwitches() {
  rusage usage = {};
  getrusage(RUSAGE_THREAD, &usage);
  return {.voluntary = usage.ru_nvcsw, .involuntary = usage.ru_nivcsw};
}

int64_t ParseMachineSwitches(absl::string_view proc_stat) {
  for (absl::string_view line : absl::StrSplit(proc_stat, '\n')) {
    int64_t count = 0;
    if (absl::ConsumePrefix(&line, "ctxt ") && absl::SimpleAtoi(line, &count)) return count;
  }
  return 0;
}

int64_t ReadMachineSwitches() { return ParseMachineSwitches(ReadSmallFile("/proc/stat")); }

namespace {

int OpenInherited() {
  perf_event_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
  attributes.disabled = 1;
  attributes.inherit = 1;
  return static_cast<int>(
      syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

InstructionCounter::InstructionCounter() : fd_(OpenInherited()) {}

InstructionCounter::~InstructionCounter() {
  if (fd_ >= 0) close(fd_);
}

void InstructionCounter::Start() {
  if (fd_ >= 0) ioctl(fd_, PERF_EVENT_IOC_ENABLE, 0);
}

std::optional<int64_t> InstructionCounter::Stop() {
  if (fd_ < 0) return std::nullopt;
  ioctl(fd_, PERF_EVENT_IOC_DISABLE, 0);
  int64_t count = 0;
  if (read(fd_, &count, sizeof(count)) != sizeof(count)) return std::nullopt;
  return count;
}

}  // namespace scxx::load
