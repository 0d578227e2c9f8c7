// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/rt_app_text.h"

#include <string>

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(RtAppText, AKeyThatComesAgainIsMarked) {
  EXPECT_EQ(CompleteRtAppText(R"({"a": 1, "a" : {"a": 2}, "a": [{"a": 3}, {"a": "a"}]})"),
            R"({"a": 1, "a\u0001" : {"a": 2}, "a\u0001\u0001": [{"a": 3}, {"a": "a"}]})");
}

TEST(RtAppText, TheMarkIsNoPartOfTheKey) {
  EXPECT_EQ(KeyOfText("run").key, "run");
  EXPECT_FALSE(KeyOfText("run").repeated);
  EXPECT_EQ(KeyOfText("run\x01\x01").key, "run");
  EXPECT_TRUE(KeyOfText("run\x01\x01").repeated);
}

TEST(RtAppText, ASuspendWithoutAValueGetsAnEmptyOne) {
  EXPECT_EQ(CompleteRtAppText("{\"suspend\",\n\"run\": 5, \"suspend\" /* , */ }"),
            "{\"suspend\": \"\",\n\"run\": 5, \"suspend\\u0001\": \"\" /* , */ }");
  for (const char* const kept : {R"({"suspend": "a"})", R"({"a": "suspend"})", R"(["suspend"])",
                                 R"({"run"})", R"({"suspend")"}) {
    EXPECT_EQ(CompleteRtAppText(kept), kept);
  }
}

TEST(RtAppText, CommentsAndStringsHaveNoKeys) {
  for (const char* const kept :
       {"{\"a\": 1, // \"a\": 2,\n\"b\": 3}", R"({"a": 1, /* , "a": 2 */ "b": "\", {\"a"})",
        R"({"a": "x, \"a\": 5", "b": ["a", "a"]})"}) {
    EXPECT_EQ(CompleteRtAppText(kept), kept);
  }
}

TEST(RtAppText, WhatIsNotJsonStaysAsItIs) {
  for (const char* const kept : {"", "}", "]]{", "\"", "{\"", "{\"a\\", "/*", "//", "/", ",,{,}"}) {
    EXPECT_EQ(CompleteRtAppText(kept), kept);
  }
}

}  // namespace
}  // namespace scxx
