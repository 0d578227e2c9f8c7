// SPDX-License-Identifier: Apache-2.0
//
// Seeds that have failed once, from the files that are its arguments.

#include <cstdint>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>

#include "gtest/gtest.h"

#include "tests/sim/run_seed.h"

namespace scxx {
namespace {

class Regression : public testing::Test {
 public:
  explicit Regression(std::string file) : file_(std::move(file)) {}

  void TestBody() override {
    std::ifstream in(file_);
    int seeds = 0;
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line.substr(0, line.find('#')));
      std::string policy;
      uint64_t seed = 0;
      if (!(words >> policy)) continue;
      ASSERT_TRUE(words >> seed) << file_ << ": " << line;
      std::string kind;
      const bool harsh = words >> kind && kind == "harsh";
      const sim::RunResult result = RunSeed(policy, seed, harsh);
      EXPECT_TRUE(result.ok()) << result.failure << "\n" << CommandFor(policy, seed, harsh);
      ++seeds;
    }
    EXPECT_GT(seeds, 0) << file_ << " names no seed";
  }

 private:
  const std::string file_;
};

}  // namespace
}  // namespace scxx

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string file = argv[i];
    const size_t name = file.rfind('/') + 1;
    testing::RegisterTest("Regressions", file.substr(name, file.rfind('.') - name).c_str(), nullptr,
                          nullptr, __FILE__, __LINE__,
                          [file]() -> testing::Test* { return new scxx::Regression(file); });
  }
  if (argc == 1) {
    std::cerr << "no file of seeds\n";
    return 1;
  }
  return RUN_ALL_TESTS();
}
