// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/probe/kernel_requirements.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

constexpr KfuncRequirement kKfuncs[] = {
    {{"scx_bpf_dsq_insert___v2", "scx_bpf_dsq_insert", "scx_bpf_dispatch"}},
    {{"__scx_bpf_dsq_insert_vtime", "scx_bpf_dsq_insert_vtime", "scx_bpf_dispatch_vtime"}},
    {{"scx_bpf_dsq_move_to_local___v2", "scx_bpf_dsq_move_to_local", "scx_bpf_consume"}},
    {{"scx_bpf_create_dsq"}},
    {{"scx_bpf_dispatch_cancel"}},
    {{"scx_bpf_dsq_nr_queued"}},
    {{"scx_bpf_kick_cpu"}},
    {{"scx_bpf_select_cpu_dfl"}},
    {{"scx_bpf_task_cpu"}},
    {{"bpf_cpumask_test_cpu"}},
    {{"bpf_iter_num_destroy"}},
    {{"bpf_iter_num_new"}},
    {{"bpf_iter_num_next"}},
    {{"bpf_task_acquire"}},
    {{"bpf_task_from_pid"}},
    {{"bpf_task_release"}},
};

// Members of struct sched_ext_ops that the program sets.
constexpr const char* kOpsMembers[] = {
    "select_cpu", "enqueue", "dispatch", "yield", "update_idle",   "set_cpumask", "init_task",
    "exit_task",  "disable", "init",     "exit",  "exit_dump_len", "hotplug_seq", "timeout_ms",
};

struct Enumerator {
  const char* type;
  const char* name;
};

constexpr Enumerator kEnumerators[] = {
    {"scx_enq_flags", "SCX_ENQ_PREEMPT"},        {"scx_enq_flags", "SCX_ENQ_LAST"},
    {"scx_ops_flags", "SCX_OPS_ENQ_LAST"},       {"scx_ops_flags", "SCX_OPS_KEEP_BUILTIN_IDLE"},
    {"scx_ops_flags", "SCX_OPS_SWITCH_PARTIAL"},
};

bool IsMet(const KernelBtf& btf, const KfuncRequirement& requirement) {
  return std::any_of(std::begin(requirement.names), std::end(requirement.names),
                     [&](const char* name) { return name != nullptr && btf.HasFunction(name); });
}

template <typename... Piece>
absl::Status Lacks(const Piece&... pieces) {
  return absl::UnimplementedError(
      absl::StrCat("this kernel's sched_ext lacks ", pieces...,
                   ": use a released Linux 6.12 or newer, or --backend=vm"));
}

}  // namespace

absl::Span<const KfuncRequirement> KfuncRequirements() { return kKfuncs; }

absl::Status CheckKernelRequirements(const KernelBtf& btf) {
  for (const KfuncRequirement& requirement : kKfuncs) {
    if (!IsMet(btf, requirement)) return Lacks("the kfunc ", requirement.names[0]);
  }
  for (const char* member : kOpsMembers) {
    if (!btf.HasMember("sched_ext_ops", member)) return Lacks("sched_ext_ops.", member);
  }
  for (const Enumerator& e : kEnumerators) {
    if (!btf.EnumValue(e.type, e.name)) return Lacks("the constant ", e.name);
  }
  if (btf.HasShortEnums()) {
    return absl::UnimplementedError(
        "this kernel's type information cuts 64-bit constants in half (it was built with pahole "
        "before 1.24): use another kernel, or --backend=vm");
  }
  return absl::OkStatus();
}

}  // namespace scxx
