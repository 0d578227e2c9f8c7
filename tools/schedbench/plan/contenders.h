// SPDX-License-Identifier: Apache-2.0
//
// The schedulers of a comparison: EEVDF, ours, and any other program that attaches one.
//
//   absl::StatusOr<std::vector<Contender>> contenders =
//       ChooseContenders("eevdf,fifo", {"mine=/path/to/mine,-v"}, OwnCatalog());
//   plan.schedulers = SchedulersOf(*contenders, [](const Contender& c) { return c.file; });
//
// Errors: one line for people, with what is known instead or how to get it.
#ifndef SCXX_TOOLS_SCHEDBENCH_PLAN_CONTENDERS_H_
#define SCXX_TOOLS_SCHEDBENCH_PLAN_CONTENDERS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/schedbench/plan/plan.h"

namespace scxx::bench {

struct Contender {
  std::string name;
  std::string file = {};                    // On the host; empty: EEVDF.
  std::vector<std::string> arguments = {};  // Of the program.
};

// Our own schedulers.
struct Catalog {
  std::vector<std::string> names;
  std::function<std::string(const std::string& name)> find;  // The program; "": it is nowhere.
};

// Those of schedulers/list.bzl. `bazel run` puts their programs beside this one.
Catalog OwnCatalog();

// `names`: of EEVDF and ours, separated by commas; the first is what the others are compared with.
// `peers`: NAME=PATH[,ARGUMENT...] each. InvalidArgument names what is unknown, or given twice.
absl::StatusOr<std::vector<Contender>> ChooseContenders(const std::string& names,
                                                        const std::vector<std::string>& peers,
                                                        const Catalog& catalog);

// How the driver starts them; `file_of` says where it finds a contender's file.
std::vector<Scheduler> SchedulersOf(const std::vector<Contender>& contenders,
                                    const std::function<std::string(const Contender&)>& file_of);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_PLAN_CONTENDERS_H_
