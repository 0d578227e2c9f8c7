// SPDX-License-Identifier: Apache-2.0
#include "tools/load/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scxx::load {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(CliTest, PrintsKeyValueLines) {
  const CliOutput output = RunCli({"pipe_pairs", "--pairs=2", "--messages=10"});
  EXPECT_EQ(output.exit_code, kExitOk);
  EXPECT_EQ(output.err, "");
  EXPECT_THAT(output.out, StartsWith("workload=pipe_pairs\noptions.pairs=2\n"));
  EXPECT_THAT(output.out, HasSubstr("\nops=20\n"));
  EXPECT_THAT(output.out, HasSubstr("\nclass.ponger.min_ops=5\n"));
}

TEST(CliTest, PrintsOneJsonObject) {
  const CliOutput output = RunCli({"ping_pong", "--round_trips=3", "--format=json"});
  EXPECT_EQ(output.exit_code, kExitOk);
  EXPECT_THAT(output.out, StartsWith(R"({"workload":"ping_pong","options":{"round_trips":"3")"));
  EXPECT_THAT(output.out, HasSubstr(R"("latency":{"count":3,)"));
  EXPECT_EQ(output.out.find('\n'), output.out.size() - 1);
}

TEST(CliTest, ListsEveryWorkload) {
  const CliOutput output = RunCli({"--list"});
  EXPECT_EQ(output.exit_code, kExitOk);
  EXPECT_THAT(output.out, HasSubstr("demo  "));
  EXPECT_THAT(output.out, HasSubstr("renice  "));
}

TEST(CliTest, HelpShowsFlagsAndDefaults) {
  const CliOutput output = RunCli({"periodic", "--help"});
  EXPECT_EQ(output.exit_code, kExitOk);
  EXPECT_THAT(output.out, HasSubstr("--hogs=3  "));
  EXPECT_THAT(output.out, HasSubstr("--format=text  "));
}

TEST(CliTest, UsageErrorsAreOneLineAndExitTwo) {
  const struct {
    std::vector<std::string> arguments;
    const char* line;
  } kCases[] = {
      {{"nope"}, "load: unknown workload nope (load --list names them)\n"},
      {{"yield", "--taks=1"}, "load: unknown flag --taks (load yield --help)\n"},
      {{"yield", "--tasks=x"},
       "load: --tasks=x: expected an integer from 1 to 10000 (load yield --help)\n"},
      {{"yield", "8"}, "load: unexpected argument 8 (load yield --help)\n"},
  };
  for (const auto& c : kCases) {
    const CliOutput output = RunCli(c.arguments);
    EXPECT_EQ(output.exit_code, kExitUsage);
    EXPECT_EQ(output.err, c.line);
    EXPECT_EQ(output.out, "");
  }
}

TEST(CliTest, WhatCannotRunExitsOne) {
  const CliOutput output =
      RunCli({"yield", "--fault=stop", "--fault_target=no such name", "--yields=1"});
  EXPECT_EQ(output.exit_code, kExitFailed);
  EXPECT_EQ(output.err, "load: --fault_target=no such name: no process of that name\n");
}

TEST(CliTest, AWaitBeyondTheBoundFailsButIsReported) {
  const CliOutput output = RunCli({"yield", "--yields=10", "--max_wait=0"});
  EXPECT_EQ(output.exit_code, kExitFailed);
  EXPECT_THAT(output.err, HasSubstr("longer than --max_wait=0"));
  EXPECT_THAT(output.out, HasSubstr("\nops=80\n"));
}

}  // namespace
}  // namespace scxx::load
