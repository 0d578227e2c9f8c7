// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/flags.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"

namespace {

// The values of a flag that may be given several times, which Abseil's flags do not know.
std::vector<std::string> peers;

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
ABSL_FLAG(scxx::bench::Mode, mode, Options().mode, "the ruler: exact, exact2, concurrent or host");
ABSL_FLAG(int, seeds, Options().seeds, "boots (or repeats), each with a seed of its own");
ABSL_FLAG(int, first_seed, Options().first_seed, "the first of these seeds");
ABSL_FLAG(int, machines, Options().machines, "machines at the same time: 1 or 2");
ABSL_FLAG(absl::Duration, settle, Options().settle, "guest time between boot and first run");
ABSL_FLAG(std::string, kernel, "",
          "kernel image; default: SCXX_KERNEL, the build's own, the host's");
ABSL_FLAG(scxx::bench::Format, format, Options().format, "text, markdown, csv or json");
ABSL_FLAG(std::string, out, "", "file for the table; default: standard output");
ABSL_FLAG(std::string, html, "", "file for a report with plots, too");
ABSL_FLAG(bool, list, false, "list the workloads");

namespace scxx::bench {

Options OptionsFromFlags() {
  Options options;
  options.schedulers = absl::GetFlag(FLAGS_schedulers);
  for (const std::string& peer : peers) {
    if (!peer.empty()) options.peers.push_back(peer);
  }
  options.workloads = absl::GetFlag(FLAGS_workloads);
  options.mode = absl::GetFlag(FLAGS_mode);
  options.seeds = absl::GetFlag(FLAGS_seeds);
  options.first_seed = absl::GetFlag(FLAGS_first_seed);
  options.machines = absl::GetFlag(FLAGS_machines);
  options.settle = absl::GetFlag(FLAGS_settle);
  options.kernel = absl::GetFlag(FLAGS_kernel);
  options.format = absl::GetFlag(FLAGS_format);
  options.out = absl::GetFlag(FLAGS_out);
  options.html = absl::GetFlag(FLAGS_html);
  options.list = absl::GetFlag(FLAGS_list);
  return options;
}

absl::Status Validate(const Options& options) {
  const auto range = [](const char* flag, int value, int low, int high) {
    if (value >= low && value <= high) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, "=", value, ": expected ", low, " to ", high));
  };
  absl::Status status = range("seeds", options.seeds, 1, 1000);
  status.Update(range("first_seed", options.first_seed, 1, 900'000));
  status.Update(range("machines", options.machines, 1, 2));
  if (options.settle < absl::ZeroDuration() || options.settle > absl::Minutes(10)) {
    status.Update(absl::InvalidArgumentError(
        absl::StrCat("--settle=", absl::FormatDuration(options.settle), ": expected 0s to 10m")));
  }
  return status;
}

}  // namespace scxx::bench
