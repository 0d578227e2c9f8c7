// SPDX-License-Identifier: Apache-2.0
#include "framework/app/vm/choose_backend.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::HasSubstr;

const absl::Status kFit = absl::OkStatus();

absl::Status NoSchedExt() {
  return absl::UnimplementedError("this kernel (6.1) has no sched_ext: boot another");
}

TEST(ChooseBackend, AutoTakesAFitKernel) {
  const absl::StatusOr<BackendChoice> choice = ChooseBackend(BackendKind::kAuto, kFit);
  ASSERT_TRUE(choice.ok());
  EXPECT_EQ(choice->kind, BackendKind::kKernel);
  EXPECT_EQ(choice->reason, "");
}

TEST(ChooseBackend, AutoSaysWhyItTakesAVirtualMachine) {
  const absl::StatusOr<BackendChoice> choice = ChooseBackend(BackendKind::kAuto, NoSchedExt());
  ASSERT_TRUE(choice.ok());
  EXPECT_EQ(choice->kind, BackendKind::kVm);
  EXPECT_EQ(choice->reason, "this kernel (6.1) has no sched_ext");
}

// The user who has a kernel with sched_ext wants that, not a demo.
TEST(ChooseBackend, AutoReportsWhatTheUserCanCure) {
  const absl::Status attached = absl::AlreadyExistsError("another scheduler is attached: simple");
  EXPECT_EQ(ChooseBackend(BackendKind::kAuto, attached).status(), attached);
}

TEST(ChooseBackend, KernelMeansKernel) {
  EXPECT_EQ(ChooseBackend(BackendKind::kKernel, kFit)->kind, BackendKind::kKernel);
  EXPECT_EQ(ChooseBackend(BackendKind::kKernel, NoSchedExt()).status(), NoSchedExt());
}

TEST(ChooseBackend, VmNeedsNoReason) {
  EXPECT_EQ(ChooseBackend(BackendKind::kVm, kFit)->kind, BackendKind::kVm);
  EXPECT_EQ(ChooseBackend(BackendKind::kVm, NoSchedExt())->reason, "");
  EXPECT_EQ(ChooseBackend(BackendKind::kVm, NoSchedExt())->kind, BackendKind::kVm);
}

TEST(ChooseBackend, TheSimulatorIsYetToCome) {
  const absl::Status status = ChooseBackend(BackendKind::kSim, kFit).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("not built yet: use kernel or vm"));
}

}  // namespace
}  // namespace scxx
