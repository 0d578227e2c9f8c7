// SPDX-License-Identifier: Apache-2.0
// The options of one workload as named flags: parsed from text, printed back, described for --help.
//
//   FlagSet flags;
//   flags.Int("pairs", &options.pairs, {1, 1000}, "pairs of tasks");
//   absl::Status status = flags.Set("pairs", "4");
//
// (Abseil's flags are global and cannot differ from workload to workload.)
#ifndef SCXX_TOOLS_LOAD_FLAG_SET_H_
#define SCXX_TOOLS_LOAD_FLAG_SET_H_

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "framework/base/cpu_set.h"

namespace scxx::load {

// Ownership: refers to the values, which outlive the set. Each starts out as its default.
class FlagSet {
 public:
  struct Range {
    int64_t min = 0;
    int64_t max = std::numeric_limits<int64_t>::max();  // Both inclusive.
  };

  void Int(std::string name, int* value, Range range, std::string help);
  void Int64(std::string name, int64_t* value, Range range, std::string help);
  void Bool(std::string name, bool* value, std::string help);
  void String(std::string name, std::string* value, std::string help);
  void Choice(std::string name, std::string* value, std::vector<std::string> choices,
              std::string help);
  void Ints(std::string name, std::vector<int>* value, Range range, std::string help);
  void Cpus(std::string name, CpuSet* value, std::string help);
  void Duration(std::string name, absl::Duration* value, std::string help);  // Up to a day.

  bool Has(const std::string& name) const;

  // The error says what was expected.
  absl::Status Set(const std::string& name, const std::string& text);

  // Name and value of every flag as it stands, in order of registration.
  std::vector<std::pair<std::string, std::string>> Values() const;

  // One line a flag: name, value as it stands, help.
  std::string Help() const;

 private:
  struct Flag {
    std::string name;
    std::string help;
    std::string expected;  // "an integer from 1 to 8"
    std::function<bool(const std::string&)> parse;
    std::function<std::string()> print;
  };

  const Flag* Find(const std::string& name) const;

  std::vector<Flag> flags_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_FLAG_SET_H_
