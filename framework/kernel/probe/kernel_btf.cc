// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/probe/kernel_btf.h"

#include <bpf/btf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

// The enumerators of sched_ext that do not fit in 32 bits; part of the kernel's ABI since 6.12.
struct WideEnumerator {
  const char* name;
  uint64_t value;
};

constexpr WideEnumerator kWideEnumerators[] = {
    {"SCX_ECODE_ACT_RESTART", 1ull << 48}, {"SCX_ECODE_RSN_HOTPLUG", 1ull << 32},
    {"SCX_DSQ_FLAG_BUILTIN", 1ull << 63},  {"SCX_DSQ_FLAG_LOCAL_ON", 1ull << 62},
    {"SCX_DSQ_GLOBAL", 1ull << 63 | 1},    {"SCX_DSQ_LOCAL", 1ull << 63 | 2},
    {"SCX_DSQ_LOCAL_ON", 3ull << 62},      {"SCX_ENQ_LAST", 1ull << 41},
    {"SCX_ENQ_PREEMPT", 1ull << 32},       {"SCX_ENQ_REENQ", 1ull << 40},
};

uint64_t Widen(const char* name, uint32_t value) {
  const auto* known =
      std::find_if(std::begin(kWideEnumerators), std::end(kWideEnumerators),
                   [&](const WideEnumerator& e) { return strcmp(e.name, name) == 0; });
  const bool is_its_lower_half =
      known != std::end(kWideEnumerators) && static_cast<uint32_t>(known->value) == value;
  return is_its_lower_half ? known->value : value;
}

bool IsNamed(const btf* types, uint32_t offset, const char* name) {
  return strcmp(btf__name_by_offset(types, offset), name) == 0;
}

std::optional<uint64_t> Value64(const btf* types, const btf_type* type, const char* name) {
  const struct btf_enum64* values = btf_enum64(type);
  for (int i = 0; i < btf_vlen(type); ++i) {
    if (IsNamed(types, values[i].name_off, name)) return btf_enum64_value(&values[i]);
  }
  return std::nullopt;
}

std::optional<uint64_t> Value32(const btf* types, const btf_type* type, const char* name) {
  const struct btf_enum* values = btf_enum(type);
  for (int i = 0; i < btf_vlen(type); ++i) {
    if (IsNamed(types, values[i].name_off, name)) return Widen(name, values[i].val);
  }
  return std::nullopt;
}

}  // namespace

void KernelBtf::Free::operator()(btf* types) const { btf__free(types); }

absl::StatusOr<KernelBtf> KernelBtf::Load(const std::string& path) {
  // The running kernel's is mapped; any other file is read.
  btf* types = path == kRunningKernel ? btf__load_vmlinux_btf() : btf__parse_raw(path.c_str());
  if (types != nullptr) return KernelBtf(types);
  return absl::UnimplementedError(
      absl::StrCat("no type information of the kernel in ", path, " (", strerror(errno),
                   "): use a kernel built with CONFIG_DEBUG_INFO_BTF=y, or --backend=vm"));
}

const btf_type* KernelBtf::Find(const char* name, uint32_t kind) const {
  const int id = btf__find_by_name_kind(types_.get(), name, kind);
  return id < 0 ? nullptr : btf__type_by_id(types_.get(), static_cast<uint32_t>(id));
}

const btf_type* KernelBtf::FindEnum(const char* name) const {
  const btf_type* type = Find(name, BTF_KIND_ENUM64);
  return type != nullptr ? type : Find(name, BTF_KIND_ENUM);
}

bool KernelBtf::HasFunction(const char* name) const { return Find(name, BTF_KIND_FUNC) != nullptr; }

bool KernelBtf::ShowsImplicitAux(const char* function) const {
  const btf_type* type = Find(function, BTF_KIND_FUNC);
  if (type == nullptr) return false;
  const btf_type* prototype = btf__type_by_id(types_.get(), type->type);
  if (btf_vlen(prototype) == 0) return false;
  const btf_param& last = btf_params(prototype)[btf_vlen(prototype) - 1];
  const btf_type* parameter = btf__type_by_id(types_.get(), last.type);
  if (!btf_is_ptr(parameter)) return false;
  const btf_type* pointee = btf__type_by_id(types_.get(), parameter->type);
  while (btf_is_mod(pointee)) pointee = btf__type_by_id(types_.get(), pointee->type);
  return IsNamed(types_.get(), pointee->name_off, "bpf_prog_aux");
}

bool KernelBtf::HasMember(const char* struct_name, const char* member) const {
  const btf_type* type = Find(struct_name, BTF_KIND_STRUCT);
  if (type == nullptr) return false;
  const btf_member* members = btf_members(type);
  return std::any_of(members, members + btf_vlen(type), [&](const btf_member& m) {
    return IsNamed(types_.get(), m.name_off, member);
  });
}

std::optional<uint64_t> KernelBtf::EnumValue(const char* enum_name, const char* enumerator) const {
  const btf_type* type = FindEnum(enum_name);
  if (type == nullptr) return std::nullopt;
  return btf_is_enum64(type) ? Value64(types_.get(), type, enumerator)
                             : Value32(types_.get(), type, enumerator);
}

}  // namespace scxx
