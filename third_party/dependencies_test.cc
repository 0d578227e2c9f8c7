// SPDX-License-Identifier: Apache-2.0
// One use of each library: what fails here is a package or a link line, not our code.

#include <bpf/libbpf.h>
#include <zstd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

ABSL_FLAG(absl::Duration, slice, absl::Milliseconds(5), "Only to see that a duration parses.");

namespace scxx {
namespace {

TEST(Absl, ParsesFlags) { EXPECT_EQ(absl::GetFlag(FLAGS_slice), absl::Microseconds(20)); }

TEST(Absl, FormatsAndHashes) {
  absl::flat_hash_map<std::string, int> counts;
  ++counts[absl::StrCat("a", 1)];
  absl::StatusOr<std::string> text = absl::StrFormat("%d", counts["a1"]);
  EXPECT_EQ(text.value(), "1");
}

TEST(Absl, Locks) {
  absl::Mutex mutex;
  absl::MutexLock lock(&mutex);
}

TEST(Googletest, MatchesContainers) {
  EXPECT_THAT((std::vector<int>{2, 1}), testing::UnorderedElementsAre(1, 2));
}

// Older ones cannot load a sched_ext scheduler.
TEST(Libbpf, IsNewEnough) {
  const auto version = std::pair(libbpf_major_version(), libbpf_minor_version());
  EXPECT_GE(version, std::pair(1u, 4u)) << libbpf_version_string();
}

TEST(Zstd, Unpacks) {
  std::string packed(ZSTD_compressBound(3), '\0'), unpacked(3, '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), "abc", 3, 1));
  EXPECT_EQ(ZSTD_decompress(unpacked.data(), 3, packed.data(), packed.size()), 3u);
  EXPECT_EQ(unpacked, "abc");
}

}  // namespace
}  // namespace scxx

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  absl::SetProgramUsageMessage("Checks scxx's dependencies.");
  char flag[] = "--slice=20us";
  char* arguments[] = {argv[0], flag};
  absl::ParseCommandLine(2, arguments);
  return RUN_ALL_TESTS();
}
