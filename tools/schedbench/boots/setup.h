// SPDX-License-Identifier: Apache-2.0
//
// How a boot is done, and what its figures will have been made with: in a virtual machine
// (SetUpGuest) or on this one (SetUpHost).
//
//   absl::StatusOr<Setup> setup = SetUpGuest({.contenders = contenders, ...});
//   RunCampaign({.boot = setup->boot, .seeds = {1, 2, 3}}, progress);
//
// A boot has the load program, the driver, the contenders' programs and the plan, which are the
// same for all seeds. None of these functions starts a machine.
#ifndef SCXX_TOOLS_SCHEDBENCH_BOOTS_SETUP_H_
#define SCXX_TOOLS_SCHEDBENCH_BOOTS_SETUP_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/schedbench/plan/contenders.h"
#include "tools/schedbench/plan/mode.h"
#include "tools/schedbench/plan/plan.h"
#include "tools/vm/options.h"

namespace scxx::bench {

struct SetupOptions {
  Mode mode = Mode::kExact;
  std::vector<Contender> contenders;
  std::vector<Run> before = {};
  std::vector<Companion> beside = {};
  std::vector<Run> runs;
  absl::Duration settle;

  // Of a virtual machine.
  int possible = 0;                        // See tools/vm/options.h.
  std::string kernel = "";                 // Empty: the usual one.
  std::vector<std::string> programs = {};  // More of the host's, which the guest has in /bin.
  int instruction_ns = 1;                  // See tools/vm/options.h, as the next two.
  int memory_mb = 1024;
  absl::Duration timeout = absl::InfiniteDuration();
};

// ("kernel", "7.3.4-amd64") and so on, for people.
using MadeWith = std::vector<std::pair<std::string, std::string>>;

struct Setup {
  std::function<absl::StatusOr<int>(uint64_t seed)> boot;  // See Boot in boot_process.h.
  MadeWith made_with;
};

// Errors, each one line with its cure: what the machine or this host lacks.
absl::StatusOr<Setup> SetUpGuest(const SetupOptions& options);
absl::StatusOr<Setup> SetUpHost(const SetupOptions& options);

// The release that a kernel image says it is, like "7.3.4-amd64"; "unknown" when it says nothing.
std::string KernelRelease(const std::string& image_path);

// Of 64 bits, in hexadecimal digits: tells images apart, and is no defence against malice. (FNV-1a)
std::string Fingerprint(const std::string& bytes);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_BOOTS_SETUP_H_
