// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/contenders.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace scxx::bench {
namespace {

constexpr char kEevdf[] = "eevdf";
constexpr const char* kOurs[] = {"fifo", "vruntime", "latency"};

absl::Status Invalid(const std::string& why) { return absl::InvalidArgumentError(why); }

absl::StatusOr<Contender> Known(const std::string& name, const FindProgram& find) {
  if (name == kEevdf) return Contender{.name = name};
  if (std::find(std::begin(kOurs), std::end(kOurs), name) == std::end(kOurs)) {
    return Invalid(absl::StrCat("--schedulers: unknown scheduler ", name, "; known are eevdf, ",
                                absl::StrJoin(kOurs, ", "), "; any other is a --peer"));
  }
  std::string file = find(name);
  if (file.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no program for scheduler ", name, ": start schedbench with bazel run"));
  }
  return Contender{name, std::move(file), {"--backend=kernel", "--stats_interval=0"}};
}

absl::StatusOr<Contender> Peer(const std::string& text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  std::vector<std::string> command = absl::StrSplit(parts.second, ',');
  if (parts.first.empty() || command[0].empty()) {
    return Invalid(absl::StrCat("--peer=", text, ": expected NAME=PATH[,ARGUMENT...]"));
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(command[0], error)) {
    return Invalid(absl::StrCat("--peer=", text, ": there is no file ", command[0]));
  }
  return Contender{parts.first, command[0], {std::next(command.begin()), command.end()}};
}

}  // namespace

absl::StatusOr<std::vector<Contender>> ChooseContenders(const std::string& names,
                                                        const std::vector<std::string>& peers,
                                                        const FindProgram& find) {
  std::vector<absl::StatusOr<Contender>> found;
  for (const std::string& name : std::vector<std::string>(absl::StrSplit(names, ','))) {
    found.push_back(Known(name, find));
  }
  for (const std::string& peer : peers) found.push_back(Peer(peer));
  std::vector<Contender> contenders;
  for (const absl::StatusOr<Contender>& contender : found) {
    if (!contender.ok()) return contender.status();
    for (const Contender& other : contenders) {
      if (other.name != contender->name) continue;
      return Invalid(absl::StrCat("scheduler ", other.name, " is there twice"));
    }
    contenders.push_back(*contender);
  }
  return contenders;
}

std::vector<Scheduler> SchedulersOf(const std::vector<Contender>& contenders) {
  std::vector<Scheduler> schedulers;
  for (const Contender& contender : contenders) {
    Scheduler& scheduler = schedulers.emplace_back(Scheduler{contender.name});
    if (contender.file.empty()) continue;
    scheduler.command = {contender.GuestFile()};
    scheduler.command.insert(scheduler.command.end(), contender.arguments.begin(),
                             contender.arguments.end());
  }
  return schedulers;
}

}  // namespace scxx::bench
