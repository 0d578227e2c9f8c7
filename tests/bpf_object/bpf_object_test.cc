// SPDX-License-Identifier: Apache-2.0
//
// The BPF object as it ships, opened and not loaded: its programs, maps, licence and sizes. What
// changes here changes what a kernel is asked to take, and is said in docs/protocol.md.

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <libelf.h>
#include <unistd.h>

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "bpf/wire.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

struct Close {
  void operator()(bpf_object* object) const { bpf_object__close(object); }
};

constexpr char kObject[] = "bpf/scxx_bpf.bpf.o";

// What the ELF section `name` of the object holds.
std::string ContentsOf(const std::string& name) {
  const int fd = open(kObject, O_RDONLY | O_CLOEXEC);
  elf_version(EV_CURRENT);
  Elf* const elf = elf_begin(fd, ELF_C_READ, nullptr);
  size_t names = 0;
  elf_getshdrstrndx(elf, &names);
  std::string contents;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    const Elf64_Shdr* header = elf64_getshdr(section);
    if (elf_strptr(elf, names, header->sh_name) != name) continue;
    const Elf_Data* data = elf_getdata(section, nullptr);
    contents.assign(static_cast<const char*>(data->d_buf), data->d_size);
  }
  elf_end(elf);
  close(fd);
  return contents;
}

class BpfObjectTest : public testing::Test {
 protected:
  void SetUp() override {
    object_.reset(bpf_object__open_file(kObject, nullptr));
    ASSERT_NE(object_, nullptr) << kObject;
  }

  bpf_map* Map(const std::string& name) const {
    return bpf_object__find_map_by_name(object_.get(), name.c_str());
  }

  std::unique_ptr<bpf_object, Close> object_;
};

// By section, which says where the kernel calls it from.
TEST_F(BpfObjectTest, HasTheseProgramsAndNoOther) {
  std::set<std::string> sections;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object_.get()) {
    sections.insert(bpf_program__section_name(program));
  }
  EXPECT_THAT(
      sections,
      ElementsAre("struct_ops.s/scxx_init", "struct_ops/scxx_disable", "struct_ops/scxx_dispatch",
                  "struct_ops/scxx_enqueue", "struct_ops/scxx_exit", "struct_ops/scxx_exit_task",
                  "struct_ops/scxx_init_task", "struct_ops/scxx_select_cpu",
                  "struct_ops/scxx_set_cpumask", "struct_ops/scxx_update_idle",
                  "struct_ops/scxx_yield", "syscall", "tp_btf/sched_process_exit"));
}

// Abseil is Apache-2.0, which may not be linked with GPL-2.0-only: hence the choice of two.
TEST_F(BpfObjectTest, MayBeTakenUnderEitherLicence) {
  EXPECT_EQ(ContentsOf("license"), std::string("Dual BSD/GPL") + '\0');
}

// The agent maps these; a value must be as large as the C++ side believes. Arrays whose size the
// load decides stand with one entry of the smallest size.
TEST_F(BpfObjectTest, SharesTheMapsOfTheWireHeader) {
  const std::map<std::string, size_t> shared = {{"scxx_tasks", sizeof(scxx_task)},
                                                {"scxx_affinity", 8},
                                                {"scxx_events", sizeof(scxx_event)},
                                                {"scxx_gone", sizeof(scxx_gone_ring)},
                                                {"scxx_dispatch", sizeof(scxx_dispatch_ring)},
                                                {"scxx_cpus", sizeof(scxx_cpu)},
                                                {"scxx_agent", sizeof(scxx_agent)},
                                                {"scxx_global", sizeof(scxx_global)}};
  for (const auto& [name, size] : shared) {
    const bpf_map* map = Map(name);
    ASSERT_NE(map, nullptr) << name;
    EXPECT_EQ(bpf_map__type(map), BPF_MAP_TYPE_ARRAY) << name;
    EXPECT_TRUE(bpf_map__map_flags(map) & BPF_F_MMAPABLE) << name;
    EXPECT_EQ(bpf_map__value_size(map), size) << name;
  }
}

// What tells slots and tasks apart is out of the agent's reach.
TEST_F(BpfObjectTest, KeepsItsOwnMapsToItself) {
  std::map<std::string, bpf_map_type> own;
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object_.get()) {
    if (!(bpf_map__map_flags(map) & BPF_F_MMAPABLE)) own[bpf_map__name(map)] = bpf_map__type(map);
  }
  EXPECT_THAT(own, Contains(Pair("scxx_slots", BPF_MAP_TYPE_ARRAY)));
  EXPECT_THAT(own, Contains(Pair("scxx_free_slots", BPF_MAP_TYPE_QUEUE)));
  EXPECT_THAT(own, Contains(Pair("scxx_ops", BPF_MAP_TYPE_STRUCT_OPS)));
}

TEST_F(BpfObjectTest, TakesItsConfigurationAtLoad) {
  EXPECT_EQ(ContentsOf(".rodata.config").size(), sizeof(scxx_config));
  EXPECT_EQ(ContentsOf(".data.exit").size(), sizeof(scxx_exit));
}

}  // namespace
}  // namespace scxx
