// SPDX-License-Identifier: Apache-2.0

#include "framework/app/fair_flags.h"

#include <string>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/time/time.h"
#include "framework/app/flags.h"
#include "framework/app/options.h"
#include "framework/policy/fair/fair_options.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(FairFlags, CarryEveryOption) {
  const absl::FlagSaver saver;
  SetFairDefaults({.slice = absl::Milliseconds(3),
                   .slice_min = absl::Milliseconds(2),
                   .period = absl::Milliseconds(20),
                   .bound = absl::Milliseconds(7),
                   .margin = absl::Microseconds(300),
                   .gap = absl::Microseconds(200),
                   .max_wait = absl::Milliseconds(700),
                   .tick = absl::Milliseconds(10),
                   .percpu_local = true});
  const FairOptions options = FairOptionsFromFlags(OptionsFromFlags());
  EXPECT_EQ(options.slice, absl::Milliseconds(3));
  EXPECT_EQ(options.slice_min, absl::Milliseconds(2));
  EXPECT_EQ(options.period, absl::Milliseconds(20));
  EXPECT_EQ(options.bound, absl::Milliseconds(7));
  EXPECT_EQ(options.margin, absl::Microseconds(300));
  EXPECT_EQ(options.gap, absl::Microseconds(200));
  EXPECT_EQ(options.max_wait, absl::Milliseconds(700));
  EXPECT_EQ(options.tick, absl::Milliseconds(10));
  EXPECT_TRUE(options.percpu_local);
}

TEST(FairFlags, AreOverruledByTheCommandLine) {
  const absl::FlagSaver saver;
  SetFairDefaults({.bound = absl::Milliseconds(7)});
  std::string error;
  ASSERT_TRUE(absl::FindCommandLineFlag("bound")->ParseFrom("9ms", &error)) << error;
  EXPECT_EQ(FairOptionsFromFlags(OptionsFromFlags()).bound, absl::Milliseconds(9));
}

}  // namespace
}  // namespace scxx
