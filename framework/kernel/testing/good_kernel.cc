// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/testing/good_kernel.h"

#include <string>
#include <vector>

#include "framework/kernel/testing/btf_builder.h"

namespace scxx {
namespace {

const std::vector<std::string>& SharedFunctions() {
  static const auto* const functions = new std::vector<std::string>{
      "scx_bpf_create_dsq",    "scx_bpf_dispatch_cancel",  "scx_bpf_dsq_nr_queued",
      "scx_bpf_kick_cpu",      "scx_bpf_select_cpu_dfl",   "scx_bpf_task_cpu",
      "bpf_cpumask_test_cpu",  "bpf_iter_num_destroy",     "bpf_iter_num_new",
      "bpf_iter_num_next",     "bpf_iter_scx_dsq_destroy", "bpf_iter_scx_dsq_new",
      "bpf_iter_scx_dsq_next", "bpf_task_acquire",         "bpf_task_from_pid",
      "bpf_task_release"};
  return *functions;
}

const std::vector<std::string>& OpsMembers() {
  static const auto* const members = new std::vector<std::string>{
      "select_cpu",  "enqueue",    "dispatch", "yield", "update_idle", "set_cpumask",
      "init_task",   "exit_task",  "disable",  "init",  "exit",        "exit_dump_len",
      "hotplug_seq", "timeout_ms", "name",     "dump"};
  return *members;
}

void AddFunctions(BtfBuilder& btf, const std::vector<std::string>& names,
                  const std::string& without) {
  for (const std::string& name : names) {
    if (name != without) btf.Function(name);
  }
}

void AddOps(BtfBuilder& btf, const std::string& without) {
  std::vector<std::string> members;
  for (const std::string& member : OpsMembers()) {
    if (member != without) members.push_back(member);
  }
  btf.Struct("sched_ext_ops", members);
}

BtfBuilder::Enumerators EnqFlags() {
  return {{"SCX_ENQ_WAKEUP", 1}, {"SCX_ENQ_PREEMPT", 1ull << 32}, {"SCX_ENQ_LAST", 1ull << 41}};
}

BtfBuilder::Enumerators OpsFlags() {
  return {{"SCX_OPS_KEEP_BUILTIN_IDLE", 1},
          {"SCX_OPS_ENQ_LAST", 2},
          {"SCX_OPS_SWITCH_PARTIAL", 8},
          {"SCX_OPS_BUILTIN_IDLE_PER_NODE", 64}};
}

void AddEnums(BtfBuilder& btf, const std::string& without) {
  for (const auto& [type, all] :
       {std::pair("scx_enq_flags", EnqFlags()), std::pair("scx_ops_flags", OpsFlags())}) {
    BtfBuilder::Enumerators values;
    for (const auto& value : all) {
      if (value.first != without) values.push_back(value);
    }
    btf.Enum64(type, values);
  }
}

}  // namespace

std::string GoodKernelBtf(const std::string& without) {
  BtfBuilder btf;
  AddFunctions(btf, SharedFunctions(), without);
  AddFunctions(
      btf,
      {"scx_bpf_dsq_insert___v2", "__scx_bpf_dsq_insert_vtime", "scx_bpf_dsq_move_to_local___v2"},
      without);
  AddOps(btf, without);
  AddEnums(btf, without);
  return btf.Bytes();
}

std::string AuxKernelBtf(const std::string& function) {
  BtfBuilder btf;
  AddFunctions(btf, SharedFunctions(), function);
  btf.FunctionWithAux(function);
  AddFunctions(btf, {"scx_bpf_dsq_insert", "scx_bpf_dsq_insert_vtime", "scx_bpf_consume"},
               function);
  AddOps(btf, "");
  AddEnums(btf, "");
  return btf.Bytes();
}

std::string OldKernelBtf() {
  BtfBuilder btf;
  AddFunctions(btf, SharedFunctions(), "");
  AddFunctions(btf, {"scx_bpf_dispatch", "scx_bpf_dispatch_vtime", "scx_bpf_consume"}, "");
  AddOps(btf, "");
  AddEnums(btf, "SCX_OPS_BUILTIN_IDLE_PER_NODE");
  return btf.Bytes();
}

std::string ShortEnumKernelBtf() {
  BtfBuilder btf;
  AddFunctions(btf, SharedFunctions(), "");
  AddFunctions(btf, {"scx_bpf_dsq_insert", "scx_bpf_dsq_insert_vtime", "scx_bpf_consume"}, "");
  AddOps(btf, "");
  btf.ShortEnum("scx_enq_flags", EnqFlags());
  btf.ShortEnum("scx_ops_flags", OpsFlags());
  return btf.Bytes();
}

}  // namespace scxx
