// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/process/proc_names.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace scxx {
namespace {

using Ids = std::vector<int32_t>;

class ProcNamesTest : public testing::Test {
 protected:
  void SetUp() override {
    AddThread(10, 10, "shell");
    AddThread(20, 20, "stress");
    AddThread(20, 21, "stress");
    AddThread(20, 22, "helper");
    AddThread(3, 3, "stress");
    std::filesystem::create_directories(proc_ + "/sys");
  }

  void AddThread(int process, int thread, const std::string& comm) {
    const std::string id = std::to_string(thread);
    const std::string task = proc_ + "/" + std::to_string(process) + "/task/" + id;
    std::filesystem::create_directories(task);
    std::filesystem::create_directories(proc_ + "/" + id);
    for (const std::string& folder : {task, proc_ + "/" + id}) {
      std::ofstream(folder + "/comm") << comm << "\n";
    }
  }

  const std::string proc_ =
      testing::TempDir() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(ProcNamesTest, FindsThreadsByName) {
  const ProcNames names(proc_);
  EXPECT_EQ(names.ThreadsNamed("stress", 9), (Ids{3, 20, 21}));
  EXPECT_EQ(names.ThreadsNamed("stress", 2), (Ids{3, 20}));
  EXPECT_EQ(names.ThreadsNamed("stres", 9), Ids());
  EXPECT_EQ(ProcNames(proc_ + "/nowhere").ThreadsNamed("stress", 9), Ids());
}

TEST_F(ProcNamesTest, NamesAThread) {
  EXPECT_EQ(ProcNames(proc_).NameOf(22), "helper");
  EXPECT_EQ(ProcNames(proc_).NameOf(23), "");
}

}  // namespace
}  // namespace scxx
