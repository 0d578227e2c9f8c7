// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"
#include "tools/vm/outputs.h"

namespace scxx::vm {
namespace {

// Puts a pipe in the place of a standard descriptor, until the end of the test.
class Redirected {
 public:
  explicit Redirected(int fd) : fd_(fd), saved_(dup(fd)) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    read_end_ = ends[0];
    dup2(ends[1], fd_);
    close(ends[1]);
  }
  ~Redirected() {
    Restore();
    CloseReader();
  }

  void CloseReader() {
    if (read_end_ >= 0) close(read_end_);
    read_end_ = -1;
  }

  std::string Take() {
    Restore();
    std::string all;
    char chunk[4096];
    for (ssize_t got; (got = read(read_end_, chunk, sizeof(chunk))) > 0;) all.append(chunk, got);
    return all;
  }

 private:
  void Restore() {
    if (saved_ < 0) return;
    dup2(saved_, fd_);
    close(saved_);
    saved_ = -1;
  }

  const int fd_;
  int saved_;
  int read_end_;
};

TEST(OutputQueueTest, WritesEachDescriptorsBytesInOrder) {
  std::string out, err;
  {
    Redirected stdout_pipe(STDOUT_FILENO), stderr_pipe(STDERR_FILENO);
    OutputQueue queue;
    queue.Push(STDOUT_FILENO, "one ");
    queue.Push(STDERR_FILENO, "error");
    queue.Push(STDOUT_FILENO, std::string("two\0", 4));
    queue.Flush();
    EXPECT_TRUE(queue.empty());
    out = stdout_pipe.Take();
    err = stderr_pipe.Take();
  }
  EXPECT_EQ(out, std::string("one two\0", 8));
  EXPECT_EQ(err, "error");
}

TEST(OutputQueueTest, AClosedReaderIsReportedOnceAndItsBytesDropped) {
  signal(SIGPIPE, SIG_IGN);
  std::string err;
  {
    Redirected stdout_pipe(STDOUT_FILENO), stderr_pipe(STDERR_FILENO);
    stdout_pipe.CloseReader();
    OutputQueue queue;
    queue.Push(STDOUT_FILENO, "nobody");
    queue.Push(STDERR_FILENO, "somebody");
    queue.Push(STDOUT_FILENO, "nobody");
    EXPECT_EQ(queue.WriteSome(), STDOUT_FILENO);
    EXPECT_EQ(queue.size(), 8u);
    queue.Push(STDOUT_FILENO, "nobody");
    queue.Flush();
    err = stderr_pipe.Take();
  }
  EXPECT_EQ(err, "somebody");
}

TEST(OutputQueueTest, EmptyQueueHasNoDescriptorToPoll) {
  OutputQueue queue;
  EXPECT_EQ(queue.NextFd(), -1);
  queue.Push(STDOUT_FILENO, "");
  EXPECT_EQ(queue.NextFd(), -1);
}

TEST(ConsoleLogTest, FindsThePanic) {
  ConsoleLog log(nullptr, false);
  log.Append("[ 1.0] booting\r\n[ 2.0] Kernel panic - not sync");
  log.Append("ing: sysrq triggered crash\r\n[ 2.1] CPU: 0\r\n");
  EXPECT_EQ(log.Panic(), "Kernel panic - not syncing: sysrq triggered crash");
}

TEST(ConsoleLogTest, NoPanicIsEmpty) { EXPECT_EQ(ConsoleLog(nullptr, false).Panic(), ""); }

TEST(ConsoleLogTest, TheTailIsTheLastLinesThatSayAnything) {
  ConsoleLog log(nullptr, false);
  for (int i = 0; i < 100; ++i) log.Append(std::to_string(i) + "\r\n\r\n");
  const std::string tail = log.Tail();
  EXPECT_EQ(tail.rfind("\n  | 75\n  | 76", 0), 0u) << tail;
  EXPECT_EQ(tail.substr(tail.size() - 7), "\n  | 99");
}

TEST(ConsoleLogTest, KeepsTheEndOfALongConsole) {
  ConsoleLog log(nullptr, false);
  for (int i = 0; i < 10'000; ++i) log.Append("a line of the console\r\n");
  log.Append("the last\r\n");
  EXPECT_NE(log.Tail().find("the last"), std::string::npos);
}

}  // namespace

}  // namespace scxx::vm
