// SPDX-License-Identifier: Apache-2.0
#include "framework/base/process/process.h"

#include <signal.h>

#include <cerrno>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::HasSubstr;

// What the shell makes of `script`, and what it writes.
struct Ended {
  ExitStatus status;
  std::string out;
};

Ended Shell(const std::string& script, Command command = {}) {
  PipeEnds out = MakePipe().value();
  command.args = {"/bin/sh", "-c", script};
  command.out = command.err = out.write_end.get();
  Process process = Process::Start(command).value();
  out.write_end.Close();
  Ended ended;
  while (ReadMore(out.read_end.get(), ended.out)) {
  }
  ended.status = process.Wait();
  return ended;
}

TEST(FillStandardStreams, OpensTheClosedOnesAndNoOther) {
  Process child = Process::Fork([] {
                    for (const int fd : {STDIN_FILENO, STDERR_FILENO}) close(fd);
                    FillStandardStreams();
                    const int next = dup(STDOUT_FILENO);
                    close(next);
                    FillStandardStreams();
                    _exit(dup(STDOUT_FILENO) == next && next > STDERR_FILENO ? 7 : 1);
                  }).value();
  EXPECT_EQ(child.Wait().code, 7);
}

TEST(Process, SaysHowItEnded) {
  EXPECT_TRUE(Shell("exit 0").status.ok());
  EXPECT_EQ(Shell("exit 3").status.code, 3);
  const ExitStatus killed = Shell("kill -TERM $$").status;
  EXPECT_EQ(killed.signal, SIGTERM);
  EXPECT_FALSE(killed.ok());
  EXPECT_EQ(killed.ShellCode(), 128 + SIGTERM);
}

TEST(Process, HasTheStreamsAndTheEnvironmentGiven) {
  EXPECT_EQ(Shell("echo $A; echo b >&2; cat", {.env = {"A=a"}, .in = Command::kNull}).out,
            "a\nb\n");
}

TEST(Process, InheritsWhatItIsToKeepAndNothingElse) {
  const PipeEnds kept = MakePipe().value();
  const PipeEnds closed = MakePipe().value();
  const auto write_to = [](const PipeEnds& pipe) {
    return "echo x >/proc/self/fd/" + std::to_string(pipe.write_end.get());
  };
  EXPECT_TRUE(Shell(write_to(kept), {.keep = {kept.write_end.get()}}).status.ok());
  EXPECT_FALSE(Shell(write_to(closed)).status.ok());
}

TEST(Process, LeadsAGroupOfItsOwnWhereAsked) {
  const std::string groups = "set -- $(cat /proc/self/stat); echo $5";
  EXPECT_EQ(Shell(groups).out, std::to_string(getpgrp()) + "\n");
  EXPECT_NE(Shell(groups, {.own_group = true}).out, std::to_string(getpgrp()) + "\n");
}

TEST(Process, StartsWithSignalsAsUsualWhereAsked) {
  void (*before)(int) = signal(SIGPIPE, SIG_IGN);
  const std::string broken_pipe = "kill -PIPE $$; exit 5";
  EXPECT_EQ(Shell(broken_pipe).status.code, 5);
  EXPECT_EQ(Shell(broken_pipe, {.default_signals = true}).status.signal, SIGPIPE);
  signal(SIGPIPE, before);
}

TEST(Process, PreparesInTheChild) {
  EXPECT_EQ(Shell("pwd", {.prepare = [] { EXPECT_EQ(chdir("/"), 0); }}).out, "/\n");
}

TEST(Process, AProgramThatIsNotThereIs127) {
  PipeEnds err = MakePipe().value();
  Process process = Process::Start({.args = {"/nonexistent"}, .err = err.write_end.get()}).value();
  EXPECT_EQ(process.Wait().code, 127);
  std::string why;
  EXPECT_TRUE(ReadMore(err.read_end.get(), why));
  EXPECT_THAT(why, HasSubstr("/nonexistent: No such file or directory"));
}

TEST(Process, EndsWithItsOwner) {
  pid_t pid = 0;
  {
    Process first = Process::Fork([] {
                      for (;;) pause();
                    }).value();
    pid = first.pid();
    Process owner = std::move(first);
    EXPECT_EQ(first.pid(), -1);
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(Process, WaitingTwiceTakesNobodyElse) {
  Process first = Process::Fork([] {}).value();
  first.Wait();
  Process other = Process::Fork([] { _exit(4); }).value();
  EXPECT_TRUE(first.Wait().ok());
  EXPECT_EQ(other.Wait().code, 4);
}

TEST(Process, AForkedBodyThatReturnsIsWell) {
  EXPECT_TRUE(Process::Fork([] {}).value().Wait().ok());
  EXPECT_EQ(Process::Fork([] { _exit(4); }).value().Wait().code, 4);
}

TEST(Process, DiesWithTheProcessThatStartedIt) {
  PipeEnds alive = MakePipe().value();
  Process parent = Process::Fork([&] {
                     const auto child = Process::Start({.args = {"/bin/sh", "-c", "kill -STOP $$"},
                                                        .keep = {alive.write_end.get()},
                                                        .dies_with_parent = true});
                     _exit(child.ok() ? 0 : 1);  // Without destructors: the kernel must do it.
                   }).value();
  EXPECT_TRUE(parent.Wait().ok());
  alive.write_end.Close();
  std::string nothing;
  EXPECT_FALSE(ReadMore(alive.read_end.get(), nothing));
}

}  // namespace
}  // namespace scxx
