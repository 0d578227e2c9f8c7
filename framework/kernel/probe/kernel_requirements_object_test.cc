// SPDX-License-Identifier: Apache-2.0
//
// The table of requirements against the BPF program that is built: a kfunc that the program cannot
// do without must be in the table, else people meet libbpf's words and not ours.

#include <bpf/btf.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>

#include "bpf/scxx_bpf.skel.h"
#include "framework/kernel/probe/kernel_requirements.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::Contains;
using testing::IsEmpty;

std::set<std::string> NamesInTheTable() {
  std::set<std::string> names;
  for (const KfuncRequirement& requirement : KfuncRequirements()) {
    for (const char* name : requirement.names) {
      if (name != nullptr) names.insert(name);
    }
  }
  return names;
}

struct FreeBtf {
  void operator()(btf* types) const { btf__free(types); }
};

// The object's type information as it was compiled; bpf_object__open would rewrite it.
std::unique_ptr<btf, FreeBtf> ObjectTypes() {
  size_t size = 0;
  const void* bytes = scxx_bpf__elf_bytes(&size);
  const std::string path = testing::TempDir() + "/scxx.bpf.o";
  std::ofstream(path, std::ios::binary).write(static_cast<const char*>(bytes), size);
  return std::unique_ptr<btf, FreeBtf>(btf__parse_elf(path.c_str(), nullptr));
}

// The functions that the object leaves to the kernel, weak ones too. libbpf drops one "___suffix"
// of a name before it looks for it.
std::set<std::string> KfuncsOf(const btf* types) {
  std::set<std::string> names;
  for (uint32_t id = 1; id < btf__type_cnt(types); ++id) {
    const btf_type* type = btf__type_by_id(types, id);
    if (!btf_is_func(type) || btf_vlen(type) != BTF_FUNC_EXTERN) continue;
    const std::string name = btf__name_by_offset(types, type->name_off);
    names.insert(name.substr(0, name.rfind("___")));
  }
  return names;
}

TEST(KernelRequirements, CoverTheBpfProgram) {
  const std::unique_ptr<btf, FreeBtf> types = ObjectTypes();
  ASSERT_NE(types, nullptr);
  const std::set<std::string> used = KfuncsOf(types.get());
  EXPECT_THAT(used, Contains("scx_bpf_kick_cpu"));

  // Each improves something, where it exists.
  const std::set<std::string> optional = {"scx_bpf_task_set_slice", "scx_bpf_dsq_reenq"};
  std::set<std::string> known = NamesInTheTable();
  known.insert(optional.begin(), optional.end());
  std::set<std::string> missing;
  std::set_difference(used.begin(), used.end(), known.begin(), known.end(),
                      std::inserter(missing, missing.end()));
  EXPECT_THAT(missing, IsEmpty());
}

}  // namespace
}  // namespace scxx
