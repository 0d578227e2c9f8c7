// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/testing/btf_builder.h"

#include <bpf/btf.h>

namespace scxx {

BtfBuilder::BtfBuilder()
    : types_(btf__new_empty()),
      int_id_(btf__add_int(types_, "int", 4, BTF_INT_SIGNED)),
      prototype_id_(btf__add_func_proto(types_, 0)) {}

BtfBuilder::~BtfBuilder() { btf__free(types_); }

BtfBuilder& BtfBuilder::Function(const std::string& name) {
  btf__add_func(types_, name.c_str(), BTF_FUNC_STATIC, prototype_id_);
  return *this;
}

BtfBuilder& BtfBuilder::FunctionWithAux(const std::string& name) {
  const int aux = btf__add_struct(types_, "bpf_prog_aux", 0);
  const int pointer = btf__add_ptr(types_, btf__add_const(types_, aux));
  const int prototype = btf__add_func_proto(types_, int_id_);
  btf__add_func_param(types_, "dsq_id", int_id_);
  btf__add_func_param(types_, "aux", pointer);
  btf__add_func(types_, name.c_str(), BTF_FUNC_STATIC, prototype);
  return *this;
}

BtfBuilder& BtfBuilder::Struct(const std::string& name, const std::vector<std::string>& members) {
  uint32_t bits = 0;
  btf__add_struct(types_, name.c_str(), members.size() * sizeof(int));
  for (const std::string& member : members) {
    btf__add_field(types_, member.c_str(), int_id_, bits, 0);
    bits += 8 * sizeof(int);
  }
  return *this;
}

BtfBuilder& BtfBuilder::Enum64(const std::string& name, const Enumerators& values) {
  btf__add_enum64(types_, name.c_str(), 8, /*is_signed=*/false);
  for (const auto& [value_name, value] : values) {
    btf__add_enum64_value(types_, value_name.c_str(), value);
  }
  return *this;
}

BtfBuilder& BtfBuilder::ShortEnum(const std::string& name, const Enumerators& values) {
  btf__add_enum(types_, name.c_str(), 8);
  for (const auto& [value_name, value] : values) {
    btf__add_enum_value(types_, value_name.c_str(), static_cast<int32_t>(value));
  }
  return *this;
}

std::string BtfBuilder::Bytes() const {
  uint32_t size = 0;
  const void* bytes = btf__raw_data(types_, &size);
  return std::string(static_cast<const char*>(bytes), size);
}

}  // namespace scxx
