// SPDX-License-Identifier: Apache-2.0
#include "framework/base/flags/parse_flags.h"

#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

ABSL_FLAG(absl::Duration, test_slice, absl::Milliseconds(5), "how long, like 5ms");
ABSL_FLAG(bool, test_partial, false, "only some");
ABSL_FLAG(int, test_count, 3, "how many");

namespace scxx {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ParseFlagsTest : public testing::Test {
 protected:
  static std::string Complaint(const std::vector<std::string>& arguments) {
    const absl::Status status = ParseFlags(arguments).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  }

  absl::FlagSaver saver_;
};

TEST_F(ParseFlagsTest, SetsFlagsInEveryForm) {
  ASSERT_TRUE(ParseFlags({"--test_slice=1ms", "--test_count", "7", "--test_partial"}).ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_test_slice), absl::Milliseconds(1));
  EXPECT_EQ(absl::GetFlag(FLAGS_test_count), 7);
  EXPECT_TRUE(absl::GetFlag(FLAGS_test_partial));
  ASSERT_TRUE(ParseFlags({"--notest_partial"}).ok());
  EXPECT_FALSE(absl::GetFlag(FLAGS_test_partial));
  ASSERT_TRUE(ParseFlags({"--test_partial=true"}).ok());
  EXPECT_TRUE(absl::GetFlag(FLAGS_test_partial));
}

TEST_F(ParseFlagsTest, NamesAnUnknownFlag) {
  EXPECT_EQ(Complaint({"--nosuch=3"}), "unknown flag --nosuch");
  EXPECT_EQ(Complaint({"--test_slices"}), "unknown flag --test_slices");
  EXPECT_EQ(Complaint({"--notest_count"}), "unknown flag --notest_count");
}

TEST_F(ParseFlagsTest, NamesABadValueAndSaysWhatTheFlagIs) {
  EXPECT_EQ(Complaint({"--test_slice=abc"}),
            "bad value in --test_slice=abc; it says how long, like 5ms");
  EXPECT_EQ(Complaint({"--test_partial=maybe"}),
            "bad value in --test_partial=maybe; it says only some");
}

TEST_F(ParseFlagsTest, WantsAValue) {
  EXPECT_EQ(Complaint({"--test_count"}), "--test_count needs a value; it says how many");
}

TEST_F(ParseFlagsTest, TakesNothingButFlags) {
  EXPECT_EQ(Complaint({"fast"}), "unexpected argument fast");
  EXPECT_EQ(Complaint({"--"}), "unexpected argument --");
  EXPECT_EQ(Complaint({"-v"}), "unexpected argument -v");
}

TEST_F(ParseFlagsTest, HelpAndVersionEndIt) {
  EXPECT_TRUE(ParseFlags({"--help", "--nosuch"})->help);
  EXPECT_TRUE(ParseFlags({"--version"})->version);
  EXPECT_FALSE(ParseFlags({})->help);
}

TEST_F(ParseFlagsTest, HelpListsOurFlagsAndNoLibrarys) {
  EXPECT_THAT(HelpText("fifo: in order"),
              AllOf(HasSubstr("fifo: in order\n"),
                    HasSubstr("  --test_slice  how long, like 5ms\n      default: 5ms\n"),
                    Not(HasSubstr("flagfile"))));
}

TEST_F(ParseFlagsTest, HelpShowsTheProgramsDefaults) {
  absl::SetFlag(&FLAGS_test_slice, absl::Milliseconds(7));
  EXPECT_THAT(HelpText("latency: quick"), HasSubstr("like 5ms\n      default: 7ms\n"));
}

}  // namespace
}  // namespace scxx
