// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/probe/kernel_requirements.h"

#include <string>

#include "absl/status/status.h"
#include "framework/kernel/probe/kernel_btf.h"
#include "framework/kernel/testing/fake_root.h"
#include "framework/kernel/testing/good_kernel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

absl::Status Check(const std::string& btf) {
  FakeRoot root;
  root.Write("/btf", btf);
  return CheckKernelRequirements(KernelBtf::Load(root.path() + "/btf").value());
}

std::string Complaint(const std::string& btf) {
  const absl::Status status = Check(btf);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\n")));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--backend=vm"));
  return std::string(status.message());
}

TEST(KernelRequirements, NewAndOldNamesWillDo) {
  EXPECT_EQ(Check(GoodKernelBtf()), absl::OkStatus());
  EXPECT_EQ(Check(OldKernelBtf()), absl::OkStatus());
}

// Take away one thing at a time.
class Without : public testing::TestWithParam<const char*> {};

TEST_P(Without, NamesWhatIsMissing) {
  EXPECT_THAT(Complaint(GoodKernelBtf(GetParam())), HasSubstr(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(KernelRequirements, Without,
                         testing::Values("scx_bpf_dsq_insert___v2", "__scx_bpf_dsq_insert_vtime",
                                         "scx_bpf_dsq_move_to_local___v2", "scx_bpf_create_dsq",
                                         "scx_bpf_dispatch_cancel", "scx_bpf_dsq_nr_queued",
                                         "scx_bpf_kick_cpu", "scx_bpf_select_cpu_dfl",
                                         "bpf_iter_num_new", "bpf_iter_scx_dsq_new",
                                         "bpf_task_acquire", "enqueue", "hotplug_seq",
                                         "SCX_ENQ_PREEMPT", "SCX_OPS_ENQ_LAST"));

// Their values are known, and bpf/port_bpf.h mends those that the program uses.
TEST(KernelRequirements, ConstantsCutInHalfWillDo) {
  EXPECT_EQ(Check(ShortEnumKernelBtf()), absl::OkStatus());
}

TEST(KernelRequirements, NamesTheKfuncThatShowsAnImplicitParameter) {
  EXPECT_THAT(Complaint(AuxKernelBtf("scx_bpf_create_dsq")),
              AllOf(HasSubstr("scx_bpf_create_dsq"), HasSubstr("bpf_prog_aux")));
}

// The program takes the one that fits.
TEST(KernelRequirements, AnotherNameMayFit) {
  EXPECT_EQ(Check(AuxKernelBtf("scx_bpf_dsq_move_to_local___v2")), absl::OkStatus());
}

}  // namespace
}  // namespace scxx
