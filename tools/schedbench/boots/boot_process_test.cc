// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/boots/boot_process.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace scxx::bench {
namespace {

// All that the process writes, and its end.
absl::Status RunToEnd(const Boot& boot, std::string& output) {
  absl::StatusOr<BootProcess> process = BootProcess::Start(boot);
  if (!process.ok()) return process.status();
  while (process->Read()) {
  }
  output = process->output();
  return process->Finish();
}

int Say(const char* text, int status) {
  std::fputs(text, stdout);
  std::fflush(stdout);
  return status;
}

TEST(BootProcessTest, BringsItsOutput) {
  std::string output;
  EXPECT_TRUE(RunToEnd([] { return Say("a transcript\n", 0); }, output).ok());
  EXPECT_EQ(output, "a transcript\n");
}

TEST(BootProcessTest, AFailedDriverIsAnError) {
  std::string output;
  EXPECT_EQ(RunToEnd([] { return Say("half", 3); }, output).message(),
            "the driver failed, status 3");
  EXPECT_EQ(output, "half");
}

TEST(BootProcessTest, AMachineSaysWhyItFailed) {
  std::string output;
  const Boot boot = [] { return absl::NotFoundError("no QEMU: install it"); };
  EXPECT_EQ(RunToEnd(boot, output).message(), "no QEMU: install it");
}

}  // namespace
}  // namespace scxx::bench
