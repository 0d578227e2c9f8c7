// SPDX-License-Identifier: Apache-2.0
//
// Makes the type information of an invented kernel.
//
//   BtfBuilder btf;
//   btf.Function("scx_bpf_kick_cpu").Struct("sched_ext_ops", {"name", "dump"});
//   root.Write("/sys/kernel/btf/vmlinux", btf.Bytes());

#ifndef SCXX_FRAMEWORK_KERNEL_TESTING_BTF_BUILDER_H_
#define SCXX_FRAMEWORK_KERNEL_TESTING_BTF_BUILDER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

struct btf;

namespace scxx {

class BtfBuilder {
 public:
  using Enumerators = std::vector<std::pair<std::string, uint64_t>>;

  BtfBuilder();
  ~BtfBuilder();
  BtfBuilder(const BtfBuilder&) = delete;
  BtfBuilder& operator=(const BtfBuilder&) = delete;

  BtfBuilder& Function(const std::string& name);
  // (int, const struct bpf_prog_aux *), as an old pahole shows a parameter that is implicit.
  BtfBuilder& FunctionWithAux(const std::string& name);
  BtfBuilder& Struct(const std::string& name, const std::vector<std::string>& members);
  BtfBuilder& Enum64(const std::string& name, const Enumerators& values);
  // As an old pahole writes it: the upper halves are lost.
  BtfBuilder& ShortEnum(const std::string& name, const Enumerators& values);

  std::string Bytes() const;

 private:
  btf* types_;
  int int_id_;
  int prototype_id_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_TESTING_BTF_BUILDER_H_
