// SPDX-License-Identifier: Apache-2.0
//
// KernelBtf answers what a kernel offers: its functions, structures and enumerators, from its type
// information. Ask it instead of comparing versions, since distributions backport.
//
//   absl::StatusOr<KernelBtf> btf = KernelBtf::Load();
//   if (!btf->HasFunction("scx_bpf_dsq_insert")) ...
//   flags |= btf->EnumValue("scx_ops_flags", "SCX_OPS_ENQ_LAST").value_or(0);
//
// It knows what sched_ext and BPF are made of: names that begin with scx_, __scx_, sched_ext or
// bpf_. For all others the answer is no.
//
// Ownership: owns some megabytes until it is destroyed; do not keep it. Threading: immutable.

#ifndef SCXX_FRAMEWORK_KERNEL_KERNEL_BTF_H_
#define SCXX_FRAMEWORK_KERNEL_KERNEL_BTF_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct btf;
struct btf_type;

namespace scxx {

class KernelBtf {
 public:
  // Errors: Unimplemented if there is no such file or it holds no type information.
  static absl::StatusOr<KernelBtf> Load(const std::string& path = "/sys/kernel/btf/vmlinux");

  bool HasFunction(const char* name) const;
  bool HasMember(const char* struct_name, const char* member) const;

  // The enumerator's value, whole even where HasShortEnums().
  std::optional<uint64_t> EnumValue(const char* enum_name, const char* enumerator) const;

  // True if 64-bit enumerators lost their upper half when the kernel was built (pahole before
  // 1.24, or --skip_encoding_btf_enum64). BPF programs then read wrong constants.
  bool HasShortEnums() const;

 private:
  struct Free {
    void operator()(btf* types) const;
  };

  using TypesByName = absl::flat_hash_map<absl::string_view, const btf_type*>;

  explicit KernelBtf(btf* types);

  std::unique_ptr<btf, Free> types_;
  // Of the names of interest, so that a question costs no pass over a hundred thousand types.
  TypesByName functions_;
  TypesByName structs_;
  TypesByName enums_;  // of 32 and of 64 bits
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_KERNEL_BTF_H_
