// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/boots/transcript.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr char kTwoRuns[] =
    "@run eevdf pairs\n"
    "ns_per_op=8512.250\n"
    "class.ping.latency.buckets=1000:3,2000:1\n"
    "options.exec=a=b\n"
    "@end 0 \n"
    "@run fifo idle\n"
    "@end 1 load: it failed\n";

TEST(TranscriptTest, EveryRunWithItsValues) {
  const auto runs = ParseTranscript(kTwoRuns);
  ASSERT_TRUE(runs.ok()) << runs.status();
  ASSERT_EQ(runs->size(), 2u);
  const RunResult& pairs = runs->at(0);
  EXPECT_EQ(pairs.scheduler, "eevdf");
  EXPECT_EQ(pairs.run, "pairs");
  EXPECT_EQ(pairs.exit_code, 0);
  EXPECT_EQ(pairs.error, "");
  EXPECT_EQ(pairs.Number("ns_per_op"), 8512.25);
  EXPECT_EQ(pairs.Text("options.exec"), "a=b");
  EXPECT_THAT(pairs.Histogram("class.ping.latency.buckets"),
              ElementsAre(Pair(1000, 3), Pair(2000, 1)));
}

TEST(TranscriptTest, WhatIsMissingIsAbsent) {
  const auto runs = ParseTranscript(kTwoRuns);
  ASSERT_TRUE(runs.ok());
  EXPECT_EQ(runs->at(1).Number("ns_per_op"), std::nullopt);
  EXPECT_EQ(runs->at(1).Text("ns_per_op"), "");
  EXPECT_THAT(runs->at(1).Histogram("buckets"), ElementsAre());
}

TEST(TranscriptTest, AFailedRunKeepsItsReason) {
  const auto runs = ParseTranscript(kTwoRuns);
  ASSERT_TRUE(runs.ok());
  EXPECT_EQ(runs->at(1).exit_code, 1);
  EXPECT_EQ(runs->at(1).error, "load: it failed");
}

TEST(TranscriptTest, DamageIsFound) {
  for (const char* text : {
           "@run a b\n",                    // Cut off.
           "@end 0\n",                      // Of nothing.
           "@run a\n@end 0\n",              // Of what?
           "@run a b\n@run c d\n@end 0\n",  // Nested.
           "@run a b\nno value\n@end 0\n",  // Not of the load.
           "@run a b\n@end zero\n",         // No code.
           "x=1\n@run a b\n@end 0\n",       // Of no run.
       }) {
    const auto runs = ParseTranscript(text);
    EXPECT_THAT(std::string(runs.status().message()), HasSubstr("damaged at")) << text;
  }
}

TEST(TranscriptTest, CountsWhatHasEnded) {
  EXPECT_EQ(CountEnded(""), 0);
  EXPECT_EQ(CountEnded(kTwoRuns), 2);
  EXPECT_EQ(CountEnded("@run a b\nx=@end 1\n@en"), 0);
}

}  // namespace
}  // namespace scxx::bench
