// SPDX-License-Identifier: Apache-2.0
#include "framework/app/run_scheduler.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "framework/app/console.h"
#include "framework/app/flags.h"
#include "framework/app/version.h"
#include "framework/app/vm/choose_backend.h"
#include "framework/app/vm/demo_load.h"
#include "framework/app/vm/vm_command.h"
#include "framework/app/watch.h"
#include "framework/base/flags/parse_flags.h"
#include "framework/kernel/kernel_machine.h"
#include "framework/kernel/probe/environment.h"

namespace scxx {
namespace {

ExitCode Fail(const Console& console, const absl::Status& status, ExitCode code) {
  console.Complain(status.message());
  return code;
}

ExitCode UsageError(const Console& console, const absl::Status& status) {
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
ExitCode RunInVm(const Console& console, const AppOptions& options, const std::string& reason) {
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

std::string Greeting() {
  utsname system = {};
  uname(&system);
  return absl::StrCat("attached to Linux ", system.release);
}

// The processes are made first and the signals blocked before there are threads, which inherit
// that.
ExitCode RunOnKernel(const Console& console, const AppOptions& options,
                     const SchedulerProgram& program) {
  std::optional<DemoLoad> load;
  if (!options.demo.empty()) {
    absl::StatusOr<DemoLoad> prepared =
        DemoLoad::Prepare(options.demo, options.EffectiveDuration());
    if (!prepared.ok()) return Fail(console, prepared.status(), ExitCode::kEnvironment);
    load.emplace(*std::move(prepared));
  }
  BlockStopSignals();
  Session session(options, console,
                  {.make_machine = [&] { return MakeKernelMachine(options.kernel); },
                   .make_runner = [&](Backend& b) { return program.make_runner(options, b); },
                   .on_attached =
                       [&] {
                         console.Say(Greeting());
                         if (load) load->Start();
                       }});
  const ExitCode code = session.Run();
  const absl::Status stopped = load ? load->Stop() : absl::OkStatus();
  if (code != ExitCode::kOk || stopped.ok()) return code;
  return Fail(console, stopped, ExitCode::kFailed);
}

ExitCode RunWithFlags(const Console& console, const SchedulerProgram& program) {
  const AppOptions options = WithTraits(OptionsFromFlags(), program.traits);
  if (absl::Status valid = Validate(options); !valid.ok()) return UsageError(console, valid);
  if (!options.explain.empty() && !program.explains) {
    return UsageError(console, absl::InvalidArgumentError("it has nothing to --explain"));
  }
  const absl::StatusOr<BackendChoice> choice = ChooseBackend(options.backend, CheckEnvironment());
  if (!choice.ok()) return Fail(console, choice.status(), ExitCode::kEnvironment);
  return choice->kind == BackendKind::kVm ? RunInVm(console, options, choice->reason)
                                          : RunOnKernel(console, options, program);
}

ExitCode Run(const std::vector<std::string>& arguments, const SchedulerProgram& program) {
  if (program.set_defaults) program.set_defaults();
  const std::string name(program.traits.name);
  const Console console(name, STDOUT_FILENO, STDERR_FILENO);
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
