// SPDX-License-Identifier: Apache-2.0

#include "framework/topology/cpu_list.h"

#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

// What the list reads back as.
std::string RoundTrip(absl::string_view text) {
  absl::StatusOr<CpuSet> set = ParseCpuList(text);
  if (!set.ok()) return std::string(set.status().message());
  std::ostringstream out;
  out << *set;
  return out.str();
}

TEST(ParseCpuList, ReadsWhatTheKernelWrites) {
  EXPECT_EQ(RoundTrip("0\n"), "0");
  EXPECT_EQ(RoundTrip("0-3,8,10-11\n"), "0-3,8,10-11");
  EXPECT_EQ(RoundTrip("\n"), "");
  EXPECT_EQ(RoundTrip("0-1023"), "0-1023");
}

class BadCpuList : public testing::TestWithParam<const char*> {};

TEST_P(BadCpuList, IsAnErrorThatShowsIt) {
  absl::StatusOr<CpuSet> set = ParseCpuList(GetParam());
  EXPECT_EQ(set.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(set.status().message().find(GetParam()), absl::string_view::npos) << set.status();
}

INSTANTIATE_TEST_SUITE_P(All, BadCpuList,
                         testing::Values("x", "1,,2", ",", "3-", "-3", "+3", "5-2", "1 2", "0-1024",
                                         "99999999999", "1-2-3", "0x1"));

}  // namespace
}  // namespace scxx
