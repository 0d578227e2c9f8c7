// SPDX-License-Identifier: Apache-2.0
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/load/sched_ext_state.h"
#include "tools/schedbench/own_files.h"
#include "tools/schedbench/setup.h"

namespace scxx::bench {
namespace {

std::string HostFile(const Contender& contender) { return contender.file; }

// EEVDF needs nothing; to attach a scheduler takes root, and nobody else's being attached.
absl::Status CheckHost(const std::vector<Contender>& contenders) {
  const bool attaches = std::any_of(contenders.begin(), contenders.end(),
                                    [](const Contender& c) { return !c.file.empty(); });
  if (!attaches) return absl::OkStatus();
  const load::SchedExtState state = load::ReadSchedExtState();
  if (!state.present()) {
    return absl::InvalidArgumentError(
        "--mode=host: this kernel has no sched_ext: use --schedulers=eevdf, or a virtual machine "
        "(--mode=exact)");
  }
  if (geteuid() != 0) {
    return absl::InvalidArgumentError("--mode=host: attaching a scheduler takes root: use sudo");
  }
  if (state.state == "disabled") return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--mode=host: scheduler ", state.ops, " is attached: stop it first"));
}

MadeWith DescribeHost() {
  utsname name;
  uname(&name);
  return {{"kernel", name.release},
          {"CPUs", absl::StrCat(sysconf(_SC_NPROCESSORS_ONLN))},
          {"compiler", Compiler()}};
}

// Becomes the driver.
absl::StatusOr<int> Execute(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot start ", command[0]));
}

}  // namespace

absl::StatusOr<Setup> SetUpHost(const SetupOptions& options) {
  if (const absl::Status status = CheckHost(options.contenders); !status.ok()) return status;
  const absl::StatusOr<std::string> load = FindLoadProgram(), driver = FindDriverProgram();
  if (!load.ok()) return load.status();
  if (!driver.ok()) return driver.status();
  const absl::StatusOr<std::vector<std::string>> lines =
      EncodePlan({options.before, SchedulersOf(options.contenders, HostFile), options.runs});
  if (!lines.ok()) return lines.status();
  const auto boot = [load = *load, driver = *driver, lines = *lines](uint64_t seed) {
    std::vector<std::string> command = {driver, "--settle=0s", absl::StrCat("--load=", load),
                                        absl::StrCat("--seed=", seed), "--"};
    command.insert(command.end(), lines.begin(), lines.end());
    return Execute(command);
  };
  return Setup{boot, DescribeHost()};
}

}  // namespace scxx::bench
