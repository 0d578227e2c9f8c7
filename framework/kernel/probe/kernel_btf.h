// SPDX-License-Identifier: Apache-2.0
//
// KernelBtf answers what a kernel offers: its functions, structures and enumerators, from its type
// information. Ask it instead of comparing versions, since distributions backport.
//
//   absl::StatusOr<KernelBtf> btf = KernelBtf::Load();
//   if (!btf->HasFunction("scx_bpf_dsq_insert")) ...
//   flags |= btf->EnumValue("scx_ops_flags", "SCX_OPS_ENQ_LAST").value_or(0);
//
// A question is a binary search where the kernel sorts its types by name (7.x does), and a pass
// over all of them elsewhere.
//
// Ownership: owns some megabytes until it is destroyed; do not keep it. Threading: immutable.

#ifndef SCXX_FRAMEWORK_KERNEL_PROBE_KERNEL_BTF_H_
#define SCXX_FRAMEWORK_KERNEL_PROBE_KERNEL_BTF_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

struct btf;
struct btf_type;

namespace scxx {

class KernelBtf {
 public:
  static constexpr char kRunningKernel[] = "/sys/kernel/btf/vmlinux";

  // Errors: Unimplemented if there is no such file or it holds no type information.
  static absl::StatusOr<KernelBtf> Load(const std::string& path = kRunningKernel);

  bool HasFunction(const char* name) const;
  // Its prototype ends in a `bpf_prog_aux *`, which the kernel passes by itself and should not show
  // to callers (kernels built with a pahole too old for them).
  bool ShowsImplicitAux(const char* function) const;
  bool HasMember(const char* struct_name, const char* member) const;

  // The enumerator's value. Whole even where the kernel's build has cut 64-bit enumerators in half
  // (pahole before 1.24, or --skip_encoding_btf_enum64).
  std::optional<uint64_t> EnumValue(const char* enum_name, const char* enumerator) const;

 private:
  struct Free {
    void operator()(btf* types) const;
  };

  explicit KernelBtf(btf* types) : types_(types) {}

  const btf_type* Find(const char* name, uint32_t kind) const;  // nullptr: none
  const btf_type* FindEnum(const char* name) const;             // of 32 or of 64 bits

  std::unique_ptr<btf, Free> types_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROBE_KERNEL_BTF_H_
