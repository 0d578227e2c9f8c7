// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/shape.h"

#include <string>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

std::string Args(const VmOptions& options) {
  EXPECT_EQ(CheckShape(options).message(), "");
  return absl::StrJoin(ShapeArgs(options), " ");
}

std::string Error(const VmOptions& options) { return std::string(CheckShape(options).message()); }

TEST(ShapeTest, AnOrdinaryMachineIsItsNumberOfCpus) { EXPECT_EQ(Args({.cpus = 4}), "-smp 4"); }

TEST(ShapeTest, TheKernelStartsSomeOfTheCpus) {
  const VmOptions options = {.cpus = 2, .max_cpus = 64};
  EXPECT_EQ(Args(options), "-smp 64");
  EXPECT_EQ(KernelShape(options), " maxcpus=2");
  EXPECT_EQ(KernelShape({.cpus = 4}), "");
  EXPECT_EQ(KernelShape({.cpus = 4, .max_cpus = 4}), "");
}

TEST(ShapeTest, CpusThatCouldBePluggedInAreNotThere) {
  const VmOptions options = {.cpus = 2, .possible = 240};
  EXPECT_EQ(Args(options), "-smp 2,maxcpus=240");
  EXPECT_EQ(KernelShape(options), "");
  EXPECT_EQ(absl::StrJoin(DisguiseArgs(options), " "), "-smbios type=1,serial=VMware-scxx");
  EXPECT_EQ(Args({.cpus = 2, .max_cpus = 4, .possible = 8, .topology = "2x2x2"}),
            "-smp 4,maxcpus=8,sockets=2,cores=2,threads=2");
  EXPECT_EQ(Args({.cpus = 2, .possible = 2}), "-smp 2");
  EXPECT_TRUE(DisguiseArgs({.cpus = 2, .possible = 2}).empty());
}

TEST(ShapeTest, Topology) {
  EXPECT_EQ(Args({.cpus = 8, .topology = "2x2x2"}), "-smp 8,sockets=2,cores=2,threads=2");
  EXPECT_EQ(Args({.cpus = 2, .max_cpus = 4, .topology = "1x2x2"}),
            "-smp 4,sockets=1,cores=2,threads=2");
}

TEST(ShapeTest, ANodeMayHaveMemoryOnly) {
  EXPECT_EQ(Args({.cpus = 4, .memory_mb = 1000, .numa = "1,3,0"}),
            "-smp 4 -object memory-backend-ram,id=memory0,size=334M "
            "-numa node,nodeid=0,memdev=memory0,cpus=0-0 "
            "-object memory-backend-ram,id=memory1,size=333M "
            "-numa node,nodeid=1,memdev=memory1,cpus=1-3 "
            "-object memory-backend-ram,id=memory2,size=333M "
            "-numa node,nodeid=2,memdev=memory2");
}

TEST(ShapeTest, NonsenseIsRefusedByTheFlagsName) {
  EXPECT_EQ(Error({.cpus = 0}), "--cpus must be 1 to 255");
  EXPECT_EQ(Error({.cpus = 4, .max_cpus = 2}),
            "--maxcpus=2 must be --cpus (4) to 255, or 0 for as many as there are");
  EXPECT_EQ(Error({.cpus = 4, .max_cpus = 256}),
            "--maxcpus=256 must be --cpus (4) to 255, or 0 for as many as there are");
  EXPECT_EQ(Error({.cpus = 2, .max_cpus = 4, .possible = 3}),
            "--possible=3 must be 4, which are there, to 255, or 0 for as many");
  EXPECT_EQ(Error({.cpus = 2, .possible = 256}),
            "--possible=256 must be 2, which are there, to 255, or 0 for as many");
  for (const char* text : {"2x2", "2x2x0", "axbxc", "2x-1x2", "2x2x2x2"}) {
    EXPECT_EQ(Error({.cpus = 4, .topology = text}),
              "--topology=" + std::string(text) + " must be SOCKETSxCORESxTHREADS, such as 2x2x2");
  }
  EXPECT_EQ(Error({.cpus = 4, .topology = "2x2x2"}),
            "--topology=2x2x2 is 8 CPUs: --possible, --maxcpus or else --cpus must be as many");
  for (const char* text : {"2", "2,1", "x", "4,", "8,-4"}) {
    EXPECT_EQ(Error({.cpus = 4, .numa = text}),
              "--numa=" + std::string(text) +
                  " must be the CPUs of each node, such as 4,0, and 4 in sum");
  }
}

}  // namespace
}  // namespace scxx::vm
