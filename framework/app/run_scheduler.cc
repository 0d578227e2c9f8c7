// SPDX-License-Identifier: Apache-2.0
#include "framework/app/run_scheduler.h"

#include <unistd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "framework/app/console.h"
#include "framework/app/flags.h"
#include "framework/app/session_console.h"
#include "framework/app/vm/choose_backend.h"
#include "framework/app/vm/demo_load.h"
#include "framework/app/vm/vm_command.h"
#include "framework/app/watch.h"
#include "framework/base/duration.h"
#include "framework/base/flags/parse_flags.h"
#include "framework/kernel/kernel_machine.h"
#include "framework/kernel/probe/environment.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/sim/computer.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/sim_machine.h"
#include "framework/topology/topology.h"

namespace scxx {
namespace {

// What --version prints; CHANGELOG.md says what is in it.
constexpr char kVersion[] = "0.1.0";

// What runs on a simulated machine, and for how long at most.
constexpr char kSimulatedLoad[] = "mixed";
constexpr absl::Duration kLongestSimulation = absl::Hours(24 * 365);

ExitCode Fail(Console& console, const absl::Status& status, ExitCode code) {
  console.Complain(status.message());
  return code;
}

ExitCode UsageError(Console& console, const absl::Status& status) {
  console.Complain(absl::StrCat(std::string(status.message()), " (--help lists all flags)"));
  return ExitCode::kUsage;
}

AppOptions WithTraits(AppOptions options, const PolicyTraits& traits) {
  options.kernel.name = std::string(traits.name);
  options.kernel.direct = traits.direct && options.direct;
  options.kernel.wakeup_preemption = traits.wakeup_preemption;
  return options;
}

// `reason`: why, if nobody asked for it.
ExitCode RunInVm(Console& console, const AppOptions& options, const std::string& reason) {
  const std::string because = reason.empty() ? "" : absl::StrCat(", because ", reason);
  const absl::StatusOr<VmFiles> files = FindVmFiles();
  if (!files.ok()) {
    console.Complain(absl::StrCat("cannot start a virtual machine", because, ": ",
                                  std::string(files.status().message())));
    return ExitCode::kEnvironment;
  }
  console.Complain(absl::StrCat("starting a virtual machine with a demo load", because));
  return Fail(console, Exec(VmCommand(*files, options, GuestArguments())), ExitCode::kEnvironment);
}

// Whoever has started a demo or a simulation looks at its output.
bool IsWatched(const AppOptions& options) {
  return !options.demo.empty() || options.backend == BackendKind::kSim || EndsWithOutput();
}

// For what a session says while signals do not end it, at its end above all.
constexpr absl::Duration kPatience = absl::Seconds(2);

// The session, with what people see of it.
ExitCode RunSession(Console& console, const AppOptions& options, const SchedulerProgram& program,
                    std::function<absl::StatusOr<std::unique_ptr<Machine>>()> make_machine,
                    std::function<void()> on_attached) {
  SessionConsole people(options, console, std::move(on_attached), IsWatched(options));
  console.LimitWaiting(kPatience);
  if (!program.advice.empty()) console.SayIfRoom(program.advice);
  Session session({.make_machine = std::move(make_machine),
                   .make_runner = [&](Machine& m) { return program.make_runner(options, m); }},
                  &people);
  return people.Conclude(session.Run());
}

// The demo load is made first: a process that is made later would inherit that signals are blocked.
ExitCode RunOnKernel(Console& console, const AppOptions& options, const SchedulerProgram& program) {
  std::optional<DemoLoad> load;
  if (!options.demo.empty()) {
    absl::StatusOr<DemoLoad> prepared =
        DemoLoad::Prepare(options.demo, options.EffectiveDuration());
    if (!prepared.ok()) return Fail(console, prepared.status(), ExitCode::kEnvironment);
    load.emplace(*std::move(prepared));
  }
  const ExitCode code = RunSession(
      console, options, program, [&] { return MakeKernelMachine(options.kernel); },
      [&] {
        if (load) load->Start();
      });
  const absl::Status stopped = load ? load->Stop() : absl::OkStatus();
  if (code != ExitCode::kOk || stopped.ok()) return code;
  return Fail(console, stopped, ExitCode::kFailed);
}

// A simulated machine with a demo load of its own. One seed, so that a run can be repeated.
ExitCode RunInSimulator(Console& console, const AppOptions& options,
                        const SchedulerProgram& program) {
  const Topology topology = Topology::Synthetic({.cores_per_llc = options.cpus});
  const absl::StatusOr<sim::Workload> workload = sim::BuiltinWorkload(kSimulatedLoad, options.cpus);
  if (!workload.ok()) return Fail(console, workload.status(), ExitCode::kFailed);
  sim::Computer computer(topology, *workload,
                         {.duration = FromDuration(kLongestSimulation),
                          .config = ConfigOf(options.kernel, options.cpus, topology.online())});
  return RunSession(
      console, options, program, [&] { return sim::SimMachine::Load(computer, {}); }, [] {});
}

ExitCode RunWithFlags(Console& console, const SchedulerProgram& program) {
  const AppOptions options = WithTraits(OptionsFromFlags(), program.traits);
  if (absl::Status valid = Validate(options); !valid.ok()) return UsageError(console, valid);
  if (!options.explain.empty() && !program.explains) {
    return UsageError(console, absl::InvalidArgumentError("it has nothing to --explain"));
  }
  const int64_t locked =
      BytesToLock(options.kernel, static_cast<uint32_t>(sysconf(_SC_NPROCESSORS_CONF)));
  const absl::StatusOr<BackendChoice> choice =
      ChooseBackend(options.backend, CheckEnvironment({.locked_bytes = locked}));
  if (!choice.ok()) return Fail(console, choice.status(), ExitCode::kEnvironment);
  switch (choice->kind) {
    case BackendKind::kVm:
      return RunInVm(console, options, choice->reason);
    case BackendKind::kSim:
      return RunInSimulator(console, options, program);
    default:
      return RunOnKernel(console, options, program);
  }
}

ExitCode Run(const std::vector<std::string>& arguments, const SchedulerProgram& program) {
  if (program.set_defaults) program.set_defaults();
  const std::string name(program.traits.name);
  Console console(name, STDOUT_FILENO, STDERR_FILENO);
  const std::string help = HelpText(absl::StrCat(name, ": ", program.summary));
  const absl::StatusOr<ParsedFlags> parsed = ParseFlags(arguments);
  if (!parsed.ok()) return UsageError(console, parsed.status());
  if (parsed->help) {
    console.Print(help);
  } else if (parsed->version) {
    console.Print(absl::StrCat(name, " ", kVersion, "\n"));
  } else {
    return RunWithFlags(console, program);
  }
  return ExitCode::kOk;
}

}  // namespace

int RunProgram(int argc, char** argv, const SchedulerProgram& program) {
  return static_cast<int>(Run({argv + 1, argv + argc}, program));
}

}  // namespace scxx
