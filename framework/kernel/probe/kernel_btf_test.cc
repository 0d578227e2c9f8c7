// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/probe/kernel_btf.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/kernel/testing/btf_builder.h"
#include "framework/kernel/testing/fake_root.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::HasSubstr;

class KernelBtfTest : public testing::Test {
 protected:
  KernelBtf Load() {
    root_.Write("/btf", builder_.Bytes());
    return KernelBtf::Load(root_.path() + "/btf").value();
  }

  FakeRoot root_;
  BtfBuilder builder_;
};

TEST_F(KernelBtfTest, FindsFunctionsAndMembers) {
  builder_.Function("scx_bpf_kick_cpu").Struct("sched_ext_ops", {"name", "dump"});
  const KernelBtf btf = Load();
  EXPECT_TRUE(btf.HasFunction("scx_bpf_kick_cpu"));
  EXPECT_FALSE(btf.HasFunction("scx_bpf_kick"));
  EXPECT_FALSE(btf.HasFunction("sched_ext_ops"));
  EXPECT_TRUE(btf.HasMember("sched_ext_ops", "dump"));
  EXPECT_FALSE(btf.HasMember("sched_ext_ops", "dum"));
  EXPECT_FALSE(btf.HasMember("sched_ext", "dump"));
}

TEST_F(KernelBtfTest, SeesAParameterThatTheKernelPassesByItself) {
  builder_.Function("scx_bpf_kick_cpu").FunctionWithAux("scx_bpf_create_dsq");
  const KernelBtf btf = Load();
  EXPECT_TRUE(btf.ShowsImplicitAux("scx_bpf_create_dsq"));
  EXPECT_FALSE(btf.ShowsImplicitAux("scx_bpf_kick_cpu"));
  EXPECT_FALSE(btf.ShowsImplicitAux("scx_bpf_none"));
}

TEST_F(KernelBtfTest, ReadsWideEnumerators) {
  builder_.Enum64("scx_enq_flags", {{"SCX_ENQ_WAKEUP", 1}, {"SCX_ENQ_PREEMPT", 1ull << 33}});
  const KernelBtf btf = Load();
  EXPECT_EQ(btf.EnumValue("scx_enq_flags", "SCX_ENQ_PREEMPT"), 1ull << 33);
  EXPECT_EQ(btf.EnumValue("scx_enq_flags", "SCX_ENQ_HEAD"), std::nullopt);
  EXPECT_EQ(btf.EnumValue("scx_kick_flags", "SCX_KICK_IDLE"), std::nullopt);
}

TEST_F(KernelBtfTest, RestoresShortEnumerators) {
  builder_.ShortEnum("scx_enq_flags", {{"SCX_ENQ_WAKEUP", 1}, {"SCX_ENQ_PREEMPT", 0}});
  builder_.ShortEnum("scx_dsq_id_flags", {{"SCX_DSQ_LOCAL", 2}});
  const KernelBtf btf = Load();
  EXPECT_EQ(btf.EnumValue("scx_enq_flags", "SCX_ENQ_WAKEUP"), 1u);
  EXPECT_EQ(btf.EnumValue("scx_enq_flags", "SCX_ENQ_PREEMPT"), 1ull << 32);
  EXPECT_EQ(btf.EnumValue("scx_dsq_id_flags", "SCX_DSQ_LOCAL"), 0x8000000000000002);
}

// A kernel that numbers a flag anew is believed.
TEST_F(KernelBtfTest, RestoresOnlyWhatItRecognises) {
  builder_.ShortEnum("scx_enq_flags", {{"SCX_ENQ_PREEMPT", 1 << 5}});
  EXPECT_EQ(Load().EnumValue("scx_enq_flags", "SCX_ENQ_PREEMPT"), 1u << 5);
}

TEST(KernelBtf, SaysWhatToDoWithoutTypeInformation) {
  absl::Status status = KernelBtf::Load("/nonexistent/vmlinux").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("CONFIG_DEBUG_INFO_BTF=y"));
}

}  // namespace
}  // namespace scxx
