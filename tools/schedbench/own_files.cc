// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/own_files.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/vm/locate.h"

namespace scxx::bench {
namespace {

absl::StatusOr<std::string> Find(const std::string& runfile) {
  std::string file = vm::FindRunfile(runfile);
  if (!file.empty()) return file;
  return absl::NotFoundError(absl::StrCat("no ", runfile, ": start schedbench with bazel run"));
}

}  // namespace

// From //schedulers:list.bzl, by the BUILD file.
std::vector<std::string> OwnSchedulers() { return absl::StrSplit(SCXX_SCHEDULERS, ','); }

std::string FindOwnScheduler(const std::string& name) {
  return vm::FindRunfile(absl::StrCat("scxx/schedulers/", name, "/", name));
}

absl::StatusOr<std::string> FindLoadProgram() { return Find("scxx/tools/load/load"); }

absl::StatusOr<std::string> FindDriverProgram() {
  return Find("scxx/tools/schedbench/guest/driver_program");
}

}  // namespace scxx::bench
