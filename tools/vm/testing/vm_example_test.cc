// SPDX-License-Identifier: Apache-2.0
//
// The example of vm.h, with a QEMU that only plays its part (fake_qemu.cc).
#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/app/vm/locate.h"
#include "gtest/gtest.h"
#include "tools/vm/vm.h"

namespace scxx::vm {
namespace {

std::string FakeKernel() {
  const std::string path = ::testing::TempDir() + "/vmlinuz";
  std::ofstream(path, std::ios::binary) << "\177ELF" << std::string(0x210, 'x');
  return path;
}

VmOptions Example() {
  setenv("SCXX_KERNEL", FakeKernel().c_str(), 1);
  setenv("SCXX_QEMU", FindRunfile("scxx/tools/vm/testing/fake_qemu").c_str(), 1);
  VmOptions options;
  options.kernel = *FindKernel();
  options.files = {{ThisProgram(), "/bin/a_test"}};
  options.command = {"/bin/a_test", "--verbose"};
  options.timeout = absl::Minutes(5);
  options.accel = Accel::kTcg;
  return options;
}

TEST(VmExampleTest, ReturnsHowTheCommandEnded) {
  setenv("FAKE_QEMU", "hello;out:from the guest\n;exit:256", 1);  // The wait status of exit(1).
  const absl::StatusOr<ExitStatus> status = vm::Run(Example());
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_FALSE(status->ok());
  EXPECT_EQ(status->code, 1);
  EXPECT_EQ(status->signal, 0);
}

TEST(VmExampleTest, ReturnsWhyThereWasNoMachine) {
  setenv("FAKE_QEMU", "hello;console:Oops\n", 1);
  EXPECT_TRUE(absl::IsUnavailable(vm::Run(Example()).status()));
  VmOptions options = Example();
  options.kernel = "/nonexistent";
  EXPECT_TRUE(absl::IsNotFound(vm::Run(options).status()));
  options.cpus = 0;
  EXPECT_TRUE(absl::IsInvalidArgument(vm::Run(options).status()));
}

}  // namespace
}  // namespace scxx::vm
