// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/contenders.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/app/vm/locate.h"
#include "tools/schedbench/user_path.h"

namespace scxx::bench {
namespace {

constexpr char kEevdf[] = "eevdf";

absl::Status Invalid(const std::string& why) { return absl::InvalidArgumentError(why); }

absl::StatusOr<Contender> Known(const std::string& name, const Catalog& catalog) {
  if (name == kEevdf) return Contender{.name = name};
  const std::vector<std::string>& ours = catalog.names;
  if (std::find(ours.begin(), ours.end(), name) == ours.end()) {
    return Invalid(absl::StrCat("--schedulers: unknown scheduler ", name, "; known are eevdf, ",
                                absl::StrJoin(ours, ", "), "; any other is a --peer"));
  }
  std::string file = catalog.find(name);
  if (file.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no program for scheduler ", name, ": start schedbench with bazel run"));
  }
  return Contender{name, std::move(file), {"--backend=kernel", "--stats_interval=0"}};
}

absl::StatusOr<Contender> Peer(const std::string& text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  std::vector<std::string> command = absl::StrSplit(parts.second, ',');
  command[0] = UserPath(command[0]);
  if (parts.first.empty() || command[0].empty()) {
    return Invalid(absl::StrCat("--peer=", text, ": expected NAME=PATH[,ARGUMENT...]"));
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(command[0], error)) {
    return Invalid(absl::StrCat("--peer=", text, ": there is no file ", command[0]));
  }
  return Contender{parts.first, command[0], {std::next(command.begin()), command.end()}};
}

std::string FindOwnScheduler(const std::string& name) {
  return vm::FindRunfile(absl::StrCat("scxx/schedulers/", name, "/", name));
}

}  // namespace

// The names are from //schedulers:list.bzl, by the BUILD file.
Catalog OwnCatalog() { return {absl::StrSplit(SCXX_SCHEDULERS, ','), FindOwnScheduler}; }

absl::StatusOr<std::vector<Contender>> ChooseContenders(const std::string& names,
                                                        const std::vector<std::string>& peers,
                                                        const Catalog& catalog) {
  std::vector<absl::StatusOr<Contender>> found;
  for (const std::string& name : std::vector<std::string>(absl::StrSplit(names, ','))) {
    found.push_back(Known(name, catalog));
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

std::vector<Scheduler> SchedulersOf(const std::vector<Contender>& contenders,
                                    const std::function<std::string(const Contender&)>& file_of) {
  std::vector<Scheduler> schedulers;
  for (const Contender& contender : contenders) {
    Scheduler& scheduler = schedulers.emplace_back(Scheduler{contender.name});
    if (contender.file.empty()) continue;
    scheduler.command = {file_of(contender)};
    scheduler.command.insert(scheduler.command.end(), contender.arguments.begin(),
                             contender.arguments.end());
  }
  return schedulers;
}

}  // namespace scxx::bench
