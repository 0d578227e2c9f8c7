// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/guest/processes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "tools/load/clock.h"

namespace scxx::bench {
namespace {

// None for "", so that the stream is inherited.
OwnedFd Create(const std::string& path) {
  if (path.empty()) return OwnedFd();
  return OwnedFd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
}

// It can be waited for without waiting. Leaves it there to be reaped.
bool HasEnded(const Process& process) {
  siginfo_t info = {};
  const int options = WEXITED | WNOHANG | WNOWAIT;
  return waitid(P_PID, static_cast<id_t>(process.pid()), &info, options) == 0 && info.si_pid != 0;
}

constexpr Nanos kLimit = Seconds(30);
constexpr Nanos kPoll = Millis(1);
constexpr char kOut[] = "/tmp/schedbench_agent.out";
constexpr char kErr[] = "/tmp/schedbench_agent.err";

std::string OutputOf(const std::string& companion) { return "/tmp/beside_" + companion; }

std::string State() { return SchedExtSysfs().State(); }

std::string LastWords() {
  const std::string err = LastLine(kErr);
  return err.empty() ? LastLine(kOut) : err;
}

// Of our own schedulers' last report: "page faults 0, kernel fallbacks 7".
std::string FallbacksIn(const std::string& path) {
  const std::string label = "kernel fallbacks ";
  std::ifstream file(path);
  std::string fallbacks;
  for (std::string line; std::getline(file, line);) {
    const size_t at = line.find(label);
    if (at != std::string::npos) fallbacks = line.substr(at + label.size());
  }
  return fallbacks;
}

// Polls, as nothing here can be waited for: `done` within the limit.
template <typename Done>
bool Await(Done done) {
  const Instant end = load::Now() + kLimit;
  while (!done()) {
    if (load::Now() >= end) return false;
    load::SleepUntil(load::Now() + kPoll);
  }
  return true;
}

}  // namespace

absl::StatusOr<Process> StartProcess(const std::vector<std::string>& command,
                                     const std::string& out, const std::string& err) {
  fflush(stdout);
  const OwnedFd out_file = Create(out), err_file = Create(err);
  return Process::Start({.args = command, .out = out_file.get(), .err = err_file.get()});
}

std::string LastLine(const std::string& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

absl::Status Companions::Start(const std::vector<Companion>& programs) {
  for (const Companion& program : programs) {
    const OwnedFd out = Create(OutputOf(program.name));
    absl::StatusOr<Process> process = Process::Start(
        {.args = program.command, .out = out.get(), .err = out.get(), .own_group = true});
    if (!process.ok()) return process.status();
    running_.push_back({program.name, *std::move(process)});
  }
  return absl::OkStatus();
}

absl::Status Companions::Check() {
  for (Running& running : running_) {
    if (!HasEnded(running.process)) continue;
    const ExitStatus status = running.process.Wait();
    if (status.ok()) continue;
    return absl::UnavailableError(absl::StrCat(running.name, " ended with ", status.ShellCode(),
                                               ": ", LastLine(OutputOf(running.name))));
  }
  return absl::OkStatus();
}

Companions::~Companions() {
  for (const Running& running : running_) {
    if (running.process.pid() > 0) kill(-running.process.pid(), SIGKILL);
  }
}

// A record is "6,339,5140900,-;message".
std::string SchedExtLog() {
  const OwnedFd log(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::vector<std::string> lines;
  char record[8192];
  for (;;) {
    const ssize_t size = read(log.get(), record, sizeof(record));
    if (size < 0 && errno == EPIPE) continue;  // Older ones are lost.
    if (size <= 0) break;
    const absl::string_view text(record, static_cast<size_t>(size));
    const size_t begin = text.find("sched_ext: ");
    if (begin == absl::string_view::npos) continue;
    lines.emplace_back(text.substr(begin, text.find('\n') - begin));
  }
  return absl::StrJoin(lines, " | ");
}

absl::Status Agent::Attach() {
  if (scheduler_.command.empty()) return absl::OkStatus();
  if (pid() != 0 && !Died() && State() == "enabled") return absl::OkStatus();
  if (pid() != 0) Detach();
  if (!Await([] { return State() == "disabled"; })) return GiveUp("another scheduler is attached");
  const Instant start = load::Now();
  absl::StatusOr<Process> process = StartProcess(scheduler_.command, kOut, kErr);
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  const bool in_time = Await([&] { return State() == "enabled" || Died(); });
  if (pid() == 0) return GiveUp("it ended");
  if (!in_time) return GiveUp("not attached after 30 s");
  if (to_attach_ == Nanos()) to_attach_ = load::Now() - start;
  return absl::OkStatus();
}

AgentEnd Agent::Detach() {
  if (pid() != 0) {
    process_.Signal(SIGINT);
    if (!Await([&] { return Died(); })) {
      process_.Signal(SIGKILL);
      end_.exit_code = process_.Wait().ShellCode();
    }
  }
  Await([] { return State() != "enabled" && State() != "disabling"; });
  end_.fallbacks = FallbacksIn(kOut);
  end_.last_line = scheduler_.command.empty() ? "" : LastWords();
  return end_;
}

// Reaps it when it has ended.
bool Agent::Died() {
  if (pid() == 0) return true;
  if (!HasEnded(process_)) return false;
  end_.exit_code = process_.Wait().ShellCode();
  return true;
}

absl::Status Agent::GiveUp(const char* what) {
  return absl::UnavailableError(absl::StrCat("cannot attach: ", what, ": ", LastWords()));
}

}  // namespace scxx::bench
