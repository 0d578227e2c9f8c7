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
    {{"bpf_iter_scx_dsq_destroy"}},
    {{"bpf_iter_scx_dsq_new"}},
    {{"bpf_iter_scx_dsq_next"}},
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

// A name of the requirement's for which `holds`; nullptr if there is none.
template <typename Holds>
const char* FindName(const KfuncRequirement& requirement, Holds holds) {
  const auto* found =
      std::find_if(std::begin(requirement.names), std::end(requirement.names),
                   [&](const char* name) { return name != nullptr && holds(name); });
  return found == std::end(requirement.names) ? nullptr : *found;
}

template <typename... Piece>
absl::Status Lacks(const Piece&... pieces) {
  return absl::UnimplementedError(
      absl::StrCat("this kernel's sched_ext lacks ", pieces...,
                   ": use a released Linux 6.12 or newer, or --backend=vm"));
}

// libbpf compares prototypes, so one with a parameter too many is as good as none.
absl::Status CheckKfunc(const KernelBtf& btf, const KfuncRequirement& requirement) {
  const auto exists = [&](const char* name) { return btf.HasFunction(name); };
  const auto fits = [&](const char* name) { return exists(name) && !btf.ShowsImplicitAux(name); };
  if (FindName(requirement, fits) != nullptr) return absl::OkStatus();
  const char* const odd = FindName(requirement, exists);
  if (odd == nullptr) return Lacks("the kfunc ", requirement.names[0]);
  return absl::UnimplementedError(absl::StrCat(
      "this kernel's type information shows a parameter of ", odd,
      " that callers must not pass (bpf_prog_aux, from a pahole too old for the kernel): use "
      "another kernel, or --backend=vm"));
}

}  // namespace

absl::Span<const KfuncRequirement> KfuncRequirements() { return kKfuncs; }

absl::Status CheckKernelRequirements(const KernelBtf& btf) {
  for (const KfuncRequirement& requirement : kKfuncs) {
    if (absl::Status status = CheckKfunc(btf, requirement); !status.ok()) return status;
  }
  for (const char* member : kOpsMembers) {
    if (!btf.HasMember("sched_ext_ops", member)) return Lacks("sched_ext_ops.", member);
  }
  for (const Enumerator& e : kEnumerators) {
    if (!btf.EnumValue(e.type, e.name)) return Lacks("the constant ", e.name);
  }
  return absl::OkStatus();
}

}  // namespace scxx
