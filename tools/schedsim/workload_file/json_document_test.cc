// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/json_document.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

std::string ErrorOf(absl::string_view text) {
  return std::string(JsonDocument::Parse("f.json", text).status().message());
}

TEST(JsonDocument, TakesCommentsAndTrailingCommas) {
  const auto document = JsonDocument::Parse("f", "/* a */ {\n \"x\": [1, 2,], // b\n}\n/* c */\n");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->Members(document->root()).size(), 1u);
}

TEST(JsonDocument, MembersComeInTheOrderOfTheText) {
  const auto document = JsonDocument::Parse("f", R"({"z": 1, "a": {"c": 2, "b": 3}, "m": [4, 5]})");
  ASSERT_TRUE(document.ok());
  std::vector<std::string> paths;
  for (const JsonNode& member : document->Members(document->root())) {
    paths.push_back(member.path);
    for (const JsonNode& inner : document->Members(member)) paths.push_back(inner.path);
  }
  EXPECT_EQ(paths, (std::vector<std::string>{"z", "a", "a.c", "a.b", "m", "m.0", "m.1"}));
}

TEST(JsonDocument, AKeyMayComeAgain) {
  const auto document = JsonDocument::Parse("f", "{\"a\": 1, \"b\": 2,\n\"a\": 3, \"a\": 4}");
  ASSERT_TRUE(document.ok()) << document.status();
  const std::vector<JsonNode> members = document->Members(document->root());
  ASSERT_EQ(members.size(), 4u);
  EXPECT_FALSE(members[0].repeated);
  EXPECT_TRUE(members[2].repeated);
  EXPECT_EQ(members[2].key, "a");
  EXPECT_EQ(members[3].value->asInt(), 4);
  EXPECT_EQ(document->Expected(members[2], "a word").message(), "f:2: a: expected a word, found 3");
}

TEST(JsonDocument, AnErrorNamesLineKeyAndValue) {
  const auto document = JsonDocument::Parse("f.json", "{\n\"a\": {\n\n\"b\": \"x\\ny\"}}");
  ASSERT_TRUE(document.ok());
  const JsonNode a = document->Members(document->root())[0];
  const JsonNode b = document->Members(a)[0];
  EXPECT_EQ(document->Expected(b, "a number").message(),
            "f.json:4: a.b: expected a number, found \"x?y\"");
  EXPECT_EQ(document->Expected(a, "a number").message(),
            "f.json:2: a: expected a number, found an object");
}

TEST(JsonDocument, SyntaxErrorsAreOneLineWithTheirPlace) {
  EXPECT_EQ(ErrorOf("{\n  \"a\": 1\n  \"b\": 2\n}"),
            "f.json:3: Missing ',' or '}' in object declaration");
  EXPECT_EQ(ErrorOf(std::string(100'000, '[')), "f.json:1: nested more than 32 deep");
  for (const char* text : {"", "{", "{} {}", "[1", "\"", "/*", "nul", "{\"a\": 1e}", "\xff"}) {
    const std::string error = ErrorOf(text);
    EXPECT_EQ(error.rfind("f.json:1: ", 0), 0u) << text << ": " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace scxx
