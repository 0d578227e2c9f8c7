// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/explanation.h"

#include <string>

#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

struct Knows {
  void Explain(TaskId, Explanation* out) const { out->Add("weight", 335); }
};
struct KnowsNothing {};
static_assert(Explainable<Knows> && !Explainable<KnowsNothing>);

TEST(Explanation, KeepsFiguresInOrder) {
  Explanation explanation;
  EXPECT_TRUE(explanation.figures().empty());
  Knows().Explain({}, &explanation);
  explanation.Add("burst", Micros(-3));
  ASSERT_EQ(explanation.figures().size(), 2u);
  EXPECT_EQ(std::string(explanation.figures()[0].name), "weight");
  EXPECT_EQ(explanation.figures()[0].value, 335);
  EXPECT_FALSE(explanation.figures()[0].is_time);
  EXPECT_EQ(explanation.figures()[1].value, -3000);
  EXPECT_TRUE(explanation.figures()[1].is_time);
}

TEST(ExplanationDeathTest, HasRoomForSoMany) {
  Explanation explanation;
  for (size_t i = 0; i < Explanation::kMaxFigures; ++i) explanation.Add("n", 1);
  EXPECT_DEATH(explanation.Add("n", 1), "too many figures");
}

}  // namespace
}  // namespace scxx
