// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>

#include "gtest/gtest.h"
#include "probe.skel.h"

TEST(OutOfTree, BuildsBpfProgramsWithScxxsRules) {
  probe* skeleton = probe__open();
  ASSERT_NE(skeleton, nullptr);
  EXPECT_EQ(bpf_map__max_entries(skeleton->maps.hits), 64u);
  probe__destroy(skeleton);
}
