// SPDX-License-Identifier: Apache-2.0
#include "framework/app/vm/choose_backend.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

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

TEST(ChooseBackend, TheSimulatorNeedsNoKernel) {
  EXPECT_EQ(ChooseBackend(BackendKind::kSim, kFit)->kind, BackendKind::kSim);
  EXPECT_EQ(ChooseBackend(BackendKind::kSim, NoSchedExt())->kind, BackendKind::kSim);
}

}  // namespace
}  // namespace scxx
