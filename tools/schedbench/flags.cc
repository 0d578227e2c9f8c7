// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/flags.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "tools/schedbench/user_path.h"

namespace {

// The values of flags that may be given several times, which Abseil's flags do not know.
std::vector<std::string> peers, programs;

using Options = scxx::bench::Options;

}  // namespace

ABSL_FLAG(std::string, schedulers, Options().schedulers,
          "which, separated by commas; the others are compared with the first");
ABSL_FLAG(std::string, peer, "",
          "NAME=PATH[,ARGUMENT...]: another scheduler's program, to be started with the arguments; "
          "repeatable")
    .OnUpdate([] { peers.push_back(absl::GetFlag(FLAGS_peer)); });
ABSL_FLAG(std::string, workloads, Options().workloads,
          "names or groups (cost, latency, shares, faults), separated by commas, or all; --list");
ABSL_FLAG(bool, reliability, false,
          "instead of workloads, hard loads: who is ejected, and how long tasks wait");
ABSL_FLAG(std::string, rows, Options().rows, "with --reliability: which loads, or all; --list");
ABSL_FLAG(std::string, with, "",
          "with --reliability: a program that loads need, as /usr/bin/stress-ng; repeatable")
    .OnUpdate([] { programs.push_back(absl::GetFlag(FLAGS_with)); });
ABSL_FLAG(scxx::bench::Mode, mode, Options().mode, "the ruler: exact, exact2, concurrent or host");
ABSL_FLAG(int, seeds, Options().seeds, "boots (or repeats), each with a seed of its own");
ABSL_FLAG(int, first_seed, Options().first_seed, "the first of these seeds");
ABSL_FLAG(int, machines, Options().machines,
          "machines at the same time: 1, or 2 (in exact mode); 0: as many as the mode allows");
ABSL_FLAG(absl::Duration, settle, Options().settle, "guest time between boot and first run");
ABSL_FLAG(int, possible, Options().possible,
          "CPUs of the machine with those that could be plugged in; 0: none could");
ABSL_FLAG(std::string, kernel, "",
          "kernel image; default: SCXX_KERNEL, the build's own, the host's");
ABSL_FLAG(scxx::bench::Format, format, Options().format, "text, markdown, csv or json");
ABSL_FLAG(std::string, out, "", "file for the table; default: standard output");
ABSL_FLAG(std::string, html, "", "file for a report with plots, too");
ABSL_FLAG(bool, check, false, "compare with the baseline, and fail when something is worse");
ABSL_FLAG(bool, update, false, "write the baseline");
ABSL_FLAG(std::string, baseline, "", "file of the baseline; default: the tree's");
ABSL_FLAG(bool, list, false, "list the workloads");

namespace scxx::bench {

Options OptionsFromFlags() {
  Options options;
  options.schedulers = absl::GetFlag(FLAGS_schedulers);
  for (const std::string& peer : peers) {
    if (!peer.empty()) options.peers.push_back(peer);
  }
  options.workloads = absl::GetFlag(FLAGS_workloads);
  options.reliability = absl::GetFlag(FLAGS_reliability);
  options.rows = absl::GetFlag(FLAGS_rows);
  for (const std::string& program : programs) {
    if (!program.empty()) options.with.push_back(UserPath(program));
  }
  options.mode = absl::GetFlag(FLAGS_mode);
  options.seeds = absl::GetFlag(FLAGS_seeds);
  options.first_seed = absl::GetFlag(FLAGS_first_seed);
  options.machines = absl::GetFlag(FLAGS_machines);
  options.settle = absl::GetFlag(FLAGS_settle);
  options.possible = absl::GetFlag(FLAGS_possible);
  options.kernel = UserPath(absl::GetFlag(FLAGS_kernel));
  options.format = absl::GetFlag(FLAGS_format);
  options.out = UserPath(absl::GetFlag(FLAGS_out));
  options.html = UserPath(absl::GetFlag(FLAGS_html));
  options.check = absl::GetFlag(FLAGS_check);
  options.update = absl::GetFlag(FLAGS_update);
  options.baseline = UserPath(absl::GetFlag(FLAGS_baseline));
  options.list = absl::GetFlag(FLAGS_list);
  return options;
}

int MachinesOf(const Options& options) {
  if (options.machines != 0) return options.machines;
  return options.mode == Mode::kExact ? 2 : 1;
}

namespace {

absl::Status InRange(const char* flag, int value, int low, int high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, ": expected ", low, " to ", high));
}

absl::Status OnlyIf(bool allowed, const std::string& message) {
  return allowed ? absl::OkStatus() : absl::InvalidArgumentError(message);
}

}  // namespace

absl::Status Validate(const Options& options) {
  const bool exact = options.mode == Mode::kExact;
  const std::string mode = absl::StrCat("--mode=", AbslUnparseFlag(options.mode));
  absl::Status status = InRange("seeds", options.seeds, 1, 1000);
  status.Update(InRange("first_seed", options.first_seed, 1, 900'000));
  status.Update(InRange("machines", options.machines, 0, 2));
  status.Update(OnlyIf(
      options.settle >= absl::ZeroDuration() && options.settle <= absl::Minutes(10),
      absl::StrCat("--settle=", absl::FormatDuration(options.settle), ": expected 0s to 10m")));
  status.Update(OnlyIf(exact || options.machines != 2,
                       absl::StrCat(mode, ": machines would disturb each other: --machines=1")));
  status.Update(OnlyIf(exact || (!options.check && !options.update),
                       absl::StrCat(mode, ": baselines are of --mode=exact")));
  status.Update(OnlyIf(!options.check || !options.update, "--check or --update, not both"));
  status.Update(OnlyIf(exact || !options.reliability,
                       absl::StrCat(mode, ": --reliability has a ruler of its own")));
  status.Update(OnlyIf(!options.reliability || (!options.check && !options.update),
                       "--reliability: there is no baseline for it"));
  status.Update(OnlyIf(!options.reliability || options.html.empty(),
                       "--reliability: the table is Markdown, without --html"));
  status.Update(OnlyIf(options.mode != Mode::kHost || options.kernel.empty(),
                       absl::StrCat(mode, ": --kernel is for virtual machines")));
  status.Update(OnlyIf(options.mode != Mode::kHost || options.possible == 0,
                       absl::StrCat(mode, ": --possible is for virtual machines")));
  status.Update(OnlyIf(!options.reliability || options.possible == 0,
                       "--reliability: its machines have no CPUs to plug in"));
  return status;
}

}  // namespace scxx::bench
