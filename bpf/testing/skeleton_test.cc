// SPDX-License-Identifier: Apache-2.0
// A skeleton opens (nothing is loaded, so no privilege is needed) and shows what its object
// declares.

#include <bpf/libbpf.h>

#include "bpf/testing/count_switches.skel.h"
#include "bpf/testing/counter.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Skeleton, EmbedsTheObject) {
  count_switches* skeleton = count_switches__open();
  ASSERT_NE(skeleton, nullptr);
  EXPECT_STREQ(bpf_program__name(skeleton->progs.count_switch), "count_switch");
  size_t size = 0;
  bpf_map__initial_value(skeleton->maps.bss, &size);
  EXPECT_EQ(size, sizeof(counter));
  count_switches__destroy(skeleton);
}

}  // namespace
}  // namespace scxx
