// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/program/bpf_program.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bpf/scxx_bpf.skel.h"
#include "framework/channel/default_config.h"
#include "framework/kernel/probe/environment.h"
#include "framework/kernel/process/agent_thread.h"
#include "framework/kernel/process/process_memory.h"
#include "framework/topology/topology.h"

namespace scxx {
namespace {

constexpr char kOpsMap[] = "scxx_ops";
constexpr char kRegisterProgram[] = "scxx_register_agent";
constexpr char kExitHookProgram[] = "scxx_process_exit";
constexpr char kHotplug[] = "a CPU came or went during the attach: start it again";

// The verifier reports how much work each program was.
constexpr uint32_t kVerifierStats = 4;

int PrintNothing(libbpf_print_level, const char*, va_list) { return 0; }
int PrintAll(libbpf_print_level, const char* format, va_list args) {
  return vfprintf(stderr, format, args);
}

bpf_map* FindMap(bpf_object* object, const char* name) {
  return bpf_object__find_map_by_name(object, name);
}

}  // namespace

absl::StatusOr<std::unique_ptr<BpfProgram>> BpfProgram::Load(const KernelOptions& options,
                                                             const Topology& topology) {
  std::unique_ptr<BpfProgram> program(new BpfProgram);
  program->config_ =
      ConfigOf(options, static_cast<uint32_t>(topology.max_cpus()), topology.online());
  SetCores(topology.cores(), &program->config_);
  if (absl::Status status = program->Open(options); !status.ok()) return status;
  if (absl::Status status = program->SizeMaps(); !status.ok()) return status;
  if (absl::Status status = program->SetOps(options); !status.ok()) return status;
  if (absl::Status status = program->LoadObject(); !status.ok()) return status;
  if (absl::Status status = program->MapMemory(); !status.ok()) return status;
  if (absl::Status status = program->RegisterAgent(); !status.ok()) return status;
  if (options.callback_costs) {
    absl::StatusOr<CallbackTimer> timer = CallbackTimer::Start();
    if (!timer.ok()) return timer.status();
    program->timer_ = *std::move(timer);
  }
  return program;
}

BpfProgram::~BpfProgram() {
  Detach();
  bpf_link__destroy(exit_hook_);
  mapped_.clear();
  bpf_object__close(object_);
}

absl::Status BpfProgram::Open(const KernelOptions& options) {
  libbpf_set_print(options.debug ? PrintAll : PrintNothing);
  size_t size = 0;
  const void* bytes = scxx_bpf__elf_bytes(&size);
  bpf_object_open_opts open_options = {};
  open_options.sz = sizeof(open_options);
  open_options.object_name = "scxx";
  open_options.kernel_log_level = options.debug ? kVerifierStats : 0;
  object_ = bpf_object__open_mem(bytes, size, &open_options);
  if (object_ == nullptr) return absl::ErrnoToStatus(errno, "cannot open the BPF object");
  ops_ = FindMap(object_, kOpsMap);
  if (ops_ == nullptr) return absl::InternalError("the BPF object has no struct_ops map");
  return absl::OkStatus();
}

absl::Status BpfProgram::SizeMaps() {
  struct Size {
    const char* name;
    uint32_t entries;
    uint32_t value_size;  // 0: as declared
  };
  const uint32_t cpus = config_.nr_cpus;
  const Size sizes[] = {
      {"scxx_tasks", config_.max_tasks, 0},
      {"scxx_affinity", config_.max_tasks, (cpus + 63) / 64 * 8},
      {"scxx_events", config_.online_end, (config_.event_mask + 1) * uint32_t{sizeof(scxx_event)}},
      {"scxx_dispatch", cpus + 1, 0},
      {"scxx_cpus", cpus + 1, 0},
      {"scxx_slots", config_.max_tasks, 0},
      {"scxx_free_slots", config_.max_tasks, 0},
      {".data.dump", 1, config_.exit_dump_len},
  };
  for (const Size& size : sizes) {
    bpf_map* map = FindMap(object_, size.name);
    if (map == nullptr) return absl::InternalError(absl::StrCat("no BPF map ", size.name));
    int error = size.entries == 1 ? 0 : bpf_map__set_max_entries(map, size.entries);
    if (error == 0 && size.value_size != 0) error = bpf_map__set_value_size(map, size.value_size);
    if (error != 0) {
      return absl::ErrnoToStatus(-error, absl::StrCat("cannot size BPF map ", size.name));
    }
  }
  bpf_map* config = FindMap(object_, ".rodata.config");
  if (config == nullptr || bpf_map__set_initial_value(config, &config_, sizeof(config_)) != 0) {
    return absl::InternalError("cannot set the BPF program's configuration");
  }
  return absl::OkStatus();
}

absl::Status BpfProgram::SetOps(const KernelOptions& options) {
  // Layout as in bpf/kernel_types.h; libbpf translates it to the kernel's by member name.
  struct LocalOps {
    void* callbacks[12];
    uint32_t dispatch_max_batch;
    uint64_t flags;
    uint32_t timeout_ms;
    uint32_t exit_dump_len;
    uint64_t hotplug_seq;
    char name[128];
  };
  size_t size = 0;
  auto* ops = static_cast<LocalOps*>(bpf_map__initial_value(ops_, &size));
  if (ops == nullptr || size != sizeof(LocalOps)) {
    return absl::InternalError("the BPF object's sched_ext_ops has another layout");
  }
  absl::StatusOr<uint64_t> flags =
      OpsFlags({.partial = options.partial, .numa_local = options.numa_local});
  if (!flags.ok()) return flags.status();
  ops->flags = *flags;
  ops->timeout_ms = absl::ToInt64Milliseconds(options.watchdog_timeout);
  ops->exit_dump_len = options.exit_dump_len;
  ops->hotplug_seq = ReadHotplugSequence();
  snprintf(ops->name, sizeof(ops->name), "%s", options.name.c_str());
  return absl::OkStatus();
}

absl::Status BpfProgram::LoadObject() {
  const int error = bpf_object__load(object_);
  if (error != 0) return LoadError(-error);
  return absl::OkStatus();
}

absl::Status BpfProgram::MapMemory() {
  const struct {
    const char* name;
    MapView* view;
    MappedMap::Access access;
  } maps[] = {
      {"scxx_tasks", &memory_.tasks, MappedMap::kReadOnly},
      {"scxx_affinity", &memory_.affinity, MappedMap::kReadOnly},
      {"scxx_events", &memory_.events, MappedMap::kReadOnly},
      {"scxx_gone", &memory_.gone, MappedMap::kReadOnly},
      {"scxx_dispatch", &memory_.dispatch, MappedMap::kReadWrite},
      {"scxx_cpus", &memory_.cpus, MappedMap::kReadOnly},
      {"scxx_agent", &memory_.agent, MappedMap::kReadWrite},
      {"scxx_global", &memory_.global, MappedMap::kReadOnly},
  };
  for (const auto& map : maps) {
    absl::StatusOr<MappedMap> mapped = MappedMap::Map(FindMap(object_, map.name), map.access);
    if (!mapped.ok()) return mapped.status();
    *map.view = mapped->view();
    mapped_.push_back(*std::move(mapped));
  }
  size_t size = 0;
  exit_ =
      static_cast<const scxx_exit*>(bpf_map__initial_value(FindMap(object_, ".data.exit"), &size));
  exit_dump_ =
      static_cast<const char*>(bpf_map__initial_value(FindMap(object_, ".data.dump"), &size));
  return absl::OkStatus();
}

absl::Status BpfProgram::RegisterAgent() {
  bpf_program* program = bpf_object__find_program_by_name(object_, kRegisterProgram);
  bpf_test_run_opts run = {};
  run.sz = sizeof(run);
  const int error = bpf_prog_test_run_opts(bpf_program__fd(program), &run);
  if (error != 0 || run.retval != 0) {
    return absl::ErrnoToStatus(error != 0 ? -error : EINVAL, "cannot register the agent with BPF");
  }
  return absl::OkStatus();
}

absl::Status BpfProgram::AttachExitHook() {
  bpf_program* program = bpf_object__find_program_by_name(object_, kExitHookProgram);
  exit_hook_ = bpf_program__attach(program);
  if (exit_hook_ == nullptr) {
    return absl::ErrnoToStatus(errno, "cannot attach to the sched_process_exit tracepoint");
  }
  return absl::OkStatus();
}

absl::Status BpfProgram::Attach() {
  if (absl::Status status = AttachExitHook(); !status.ok()) return status;
  link_ = bpf_map__attach_struct_ops(ops_);
  if (link_ == nullptr) return AttachError(errno);
  return absl::OkStatus();
}

std::vector<CallbackCost> BpfProgram::CallbackCosts() const {
  return timer_ ? ReadCallbackCosts(object_) : std::vector<CallbackCost>();
}

void BpfProgram::Detach() {
  bpf_link__destroy(link_);
  link_ = nullptr;
}

bool BpfProgram::exited() const {
  return exit_ != nullptr && __atomic_load_n(&exit_->recorded, __ATOMIC_ACQUIRE) != 0;
}

ExitReport BpfProgram::exit_report() const {
  ExitReport report;
  if (!exited()) return report;
  report.kind = exit_->kind;
  report.code = exit_->code;
  report.reason = exit_->reason;
  report.message = exit_->message;
  report.dump = std::string(exit_dump_, strnlen(exit_dump_, config_.exit_dump_len));
  return report;
}

absl::StatusOr<std::unique_ptr<BpfProgram>> LoadProgram(const KernelOptions& options,
                                                        const Topology& topology) {
  if (absl::Status status = ValidateOptions(options); !status.ok()) return status;
  const int64_t locked = BytesToLock(options, static_cast<uint32_t>(topology.max_cpus()));
  if (absl::Status status = CheckEnvironment({.locked_bytes = locked}); !status.ok()) return status;
  if (topology.max_cpus() > static_cast<int>(SCXX_MAX_CPUS)) {
    return absl::UnimplementedError(absl::StrCat("this machine has ", topology.max_cpus(),
                                                 " CPUs; scxx is built for at most ", SCXX_MAX_CPUS,
                                                 ": raise SCXX_MAX_CPUS in bpf/wire.h"));
  }
  RunEverywhere();
  KernelOptions possible = options;
  if (!WhyNoAgentCpu(options, topology).empty()) possible.agent_cpu = -1;
  if (possible.agent_cpu >= 0) {
    if (absl::Status status = MoveToOwnCpu(possible.agent_cpu); !status.ok()) return status;
  }
  if (options.partial) {
    if (absl::Status status = JoinSchedExt(); !status.ok()) return status;
  }
  ShrinkThreadStacks(MemoryOptions().thread_stack);  // of threads started before the attach
  return BpfProgram::Load(possible, topology);
}

absl::Status ErrorOfAttach(const ExitReport& report) {
  if (report.ShouldRestart()) return absl::UnavailableError(kHotplug);
  return absl::AbortedError(
      absl::StrCat("the kernel gave up the scheduler while it attached: ", report.Summary(),
                   ": start it again; the kernel's log (dmesg) may say more"));
}

absl::Status LockAndAttach(BpfProgram& program) {
  if (absl::Status status = LockProcessMemory({}); !status.ok()) return status;
  // The kernel watches for hotplug since the program has been loaded. The CPUs were looked at
  // before.
  const absl::StatusOr<CpuSet> online = ReadOnlineCpus();
  if (online.ok() && *online != OnlineOf(program.config())) return absl::UnavailableError(kHotplug);
  if (absl::Status status = program.Attach(); !status.ok()) return status;
  if (!program.exited()) return absl::OkStatus();
  program.Detach();
  return ErrorOfAttach(program.exit_report());
}

}  // namespace scxx
