// SPDX-License-Identifier: Apache-2.0
//
// What a test program finds in the machine. Runs in the guest, on $SCXX_VM_CPUS CPUs.
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace {

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

TEST(GuestTest, HasTheCpusAskedFor) {
  EXPECT_EQ(std::to_string(sysconf(_SC_NPROCESSORS_ONLN)), std::getenv("SCXX_VM_CPUS"));
}

TEST(GuestTest, HasSchedExt) { EXPECT_EQ(FirstLine("/sys/kernel/sched_ext/state"), "disabled"); }

TEST(GuestTest, HasTheUsualFileSystems) {
  for (const char* path :
       {"/proc/self/stat", "/sys/kernel", "/dev/null", "/dev/stdout", "/sys/fs/bpf",
        "/sys/kernel/tracing/trace", "/sys/fs/cgroup/cgroup.procs", "/dev/shm", "/run"}) {
    EXPECT_TRUE(Exists(path)) << path;
  }
}

TEST(GuestTest, TmpTakesFiles) {
  std::ofstream("/tmp/x") << "hello" << std::flush;
  EXPECT_EQ(FirstLine("/tmp/x"), "hello");
}

TEST(GuestTest, MayLockAllMemory) {
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, RLIM_INFINITY);
}

TEST(GuestTest, RunsAsAnOrdinaryTask) { EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER); }

TEST(GuestTest, FindsItsData) {
  const std::string path =
      std::string(std::getenv("TEST_SRCDIR")) + "/" + std::getenv("TEST_WORKSPACE");
  EXPECT_EQ(FirstLine(path + "/tools/vm/testing/data.txt"), "some data");
}

}  // namespace
