// SPDX-License-Identifier: Apache-2.0
#include "tools/load/record.h"

#include <gtest/gtest.h>

namespace scxx::load {
namespace {

TEST(RecordTest, TheHeadersExample) {
  Record record;
  record.Add("ops", 12);
  record.AddRecord("class").Add("tasks", 3);
  EXPECT_EQ(record.ToText(), "ops=12\nclass.tasks=3\n");
  EXPECT_EQ(record.ToJson(), R"({"ops":12,"class":{"tasks":3}})");
}

TEST(RecordTest, EveryKindOfValue) {
  Record record;
  record.Add("bool", true);
  record.Add("double", 1.25);
  record.Add("negative", int64_t{-7});
  record.Add("nanos", Micros(2));
  record.Add("string", "a b");
  record.AddPairs("pairs", {{Nanos(1), 2}, {Nanos(3), 4}});
  EXPECT_EQ(record.ToText(), "bool=true\ndouble=1.250\nnegative=-7\nnanos=2000\nstring=a b\n");
  EXPECT_EQ(record.ToFullText(), record.ToText() + "pairs=1:2,3:4\n");
  EXPECT_EQ(
      record.ToJson(),
      R"({"bool":true,"double":1.250,"negative":-7,"nanos":2000,"string":"a b","pairs":[[1,2],[3,4]]})");
}

TEST(RecordTest, JsonIsEscaped) {
  Record record;
  record.Add("text", "a\"b\\c\nd");
  EXPECT_EQ(record.ToJson(), R"({"text":"a\"b\\c\u000ad"})");
}

TEST(RecordTest, AnEmptyRecordIsAnEmptyObject) {
  Record record;
  record.AddRecord("none");
  EXPECT_EQ(record.ToJson(), R"({"none":{}})");
  EXPECT_EQ(record.ToText(), "");
}

}  // namespace
}  // namespace scxx::load
