// SPDX-License-Identifier: Apache-2.0
//
// A folder that stands for the root of a machine: tests write the files of /proc and /sys that the
// code under test reads. One a test case; removed with it.

#ifndef SCXX_FRAMEWORK_KERNEL_TESTING_FAKE_ROOT_H_
#define SCXX_FRAMEWORK_KERNEL_TESTING_FAKE_ROOT_H_

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace scxx {

class FakeRoot {
 public:
  FakeRoot() : path_(testing::TempDir() + "/root_" + TestName()) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~FakeRoot() { std::filesystem::remove_all(path_); }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;

  const std::string& path() const { return path_; }

  void Write(const std::string& file, const std::string& text) {
    const std::filesystem::path whole = path_ + file;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole, std::ios::binary) << text;
  }
  void Remove(const std::string& file) { std::filesystem::remove_all(path_ + file); }

 private:
  static std::string TestName() {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    return std::string(info->test_suite_name()) + "_" + info->name();
  }

  std::string path_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_TESTING_FAKE_ROOT_H_
