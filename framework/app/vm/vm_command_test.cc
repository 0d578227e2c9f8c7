// SPDX-License-Identifier: Apache-2.0
#include "framework/app/vm/vm_command.h"

#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(VmCommand, BringsTheSchedulerAndTheLoad) {
  const VmFiles files = {.vm = "/x/vm", .kernel = "/k", .load = "/x/load", .scheduler = "/x/fifo"};
  AppOptions options;
  options.cpus = 4;
  options.memory_mb = 256;
  EXPECT_THAT(VmCommand(files, options, {"--slice=1ms", "--duration=5s"}),
              ElementsAre("/x/vm", "--kernel=/k", "--cpus=4", "--memory=256",
                          "--file=/x/load:/bin/load", "--file=/x/fifo:/bin/fifo", "--", "/bin/fifo",
                          "--backend=kernel", "--demo=/bin/load", "--slice=1ms", "--duration=5s"));
}

TEST(Exec, SaysWhatCannotBeStarted) {
  const absl::Status status = Exec({"/nonexistent/vm", "--cpus=1"});
  EXPECT_EQ(std::string(status.message()),
            "cannot start /nonexistent/vm: No such file or directory");
}

TEST(FindVmFiles, SaysWhatToInstallWithoutQemu) {
  setenv("PATH", "/nonexistent", 1);
  unsetenv("SCXX_QEMU");
  const absl::Status status = FindVmFiles().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("apt install qemu-system-x86"));
}

TEST(FindVmFiles, SaysWhatToDoWithoutAKernel) {
  setenv("SCXX_QEMU", "/bin/sh", 1);
  setenv("SCXX_VM", "/bin/sh", 1);
  setenv("SCXX_KERNEL", "/nonexistent/vmlinuz", 1);
  const absl::Status status = FindVmFiles().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("SCXX_KERNEL"));
}

}  // namespace
}  // namespace scxx
