// SPDX-License-Identifier: Apache-2.0
#include "framework/app/vm/demo_load.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class DemoLoadTest : public testing::Test {
 protected:
  void SetUp() override {
    signal(SIGPIPE, SIG_IGN);
    unlink(fifo_.c_str());
    ASSERT_EQ(mkfifo(fifo_.c_str(), 0600), 0);
    // Read and write, so that opening waits for nobody.
    fd_ = open(fifo_.c_str(), O_RDWR);
  }
  void TearDown() override {
    close(fd_);
    unlink(fifo_.c_str());
  }

  DemoLoad Prepare(const std::string& script) {
    return *DemoLoad::Prepare(std::vector<std::string>{"/bin/sh", "-c", script, "sh", fifo_});
  }
  // Waits for a byte.
  char ReadByte() const {
    char byte = 0;
    EXPECT_EQ(read(fd_, &byte, 1), 1);
    return byte;
  }

  // Leaves the status for Stop to collect.
  static void WaitForItsEnd() {
    siginfo_t info;
    ASSERT_EQ(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
  }

  std::string fifo_ = testing::TempDir() + "/demo_load_fifo";
  int fd_ = -1;
};

TEST_F(DemoLoadTest, RunsAfterStartAndEndsWithStop) {
  DemoLoad load = Prepare("printf x >$1; exec sleep 1000");
  load.Start();
  EXPECT_EQ(ReadByte(), 'x');
  EXPECT_EQ(load.Stop(), absl::OkStatus());
}

// Only Start can have made the load write; without it there is nothing to be read.
TEST_F(DemoLoadTest, NeverRunsWithoutStart) {
  {
    DemoLoad load = Prepare("printf x >$1");
  }
  fcntl(fd_, F_SETFL, O_NONBLOCK);
  char byte = 0;
  EXPECT_EQ(read(fd_, &byte, 1), -1);
}

// Its children hold the writing end of a pipe open until they are gone.
TEST_F(DemoLoadTest, StopEndsItsChildren) {
  int held_open[2];
  ASSERT_EQ(pipe(held_open), 0);
  DemoLoad load = Prepare("(printf x >$1; exec sleep 1000) & wait");
  close(held_open[1]);
  load.Start();
  EXPECT_EQ(ReadByte(), 'x');
  EXPECT_EQ(load.Stop(), absl::OkStatus());
  char byte = 0;
  EXPECT_EQ(read(held_open[0], &byte, 1), 0);
  close(held_open[0]);
}

TEST_F(DemoLoadTest, AFailureIsReported) {
  DemoLoad load = Prepare("exit 3");
  load.Start();
  WaitForItsEnd();
  EXPECT_EQ(std::string(load.Stop().message()), "the demo load failed with status 3");
}

TEST_F(DemoLoadTest, AMissingProgramIsReported) {
  DemoLoad load = *DemoLoad::Prepare(std::vector<std::string>{"/nonexistent/load"});
  load.Start();
  WaitForItsEnd();
  EXPECT_EQ(load.Stop().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace scxx
