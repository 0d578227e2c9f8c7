// SPDX-License-Identifier: Apache-2.0
#include "tools/load/flag_set.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/topology/cpu_list.h"

namespace scxx::load {
namespace {

std::optional<int64_t> ParseInt(absl::string_view text, FlagSet::Range range) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) return std::nullopt;
  if (value < range.min || value > range.max) return std::nullopt;
  return value;
}

std::string Describe(FlagSet::Range range) {
  if (range.max == FlagSet::Range().max) return absl::StrCat("of at least ", range.min);
  return absl::StrCat("from ", range.min, " to ", range.max);
}

template <typename T>
bool SetInt(const std::string& text, FlagSet::Range range, T* value) {
  const std::optional<int64_t> parsed = ParseInt(text, range);
  if (parsed.has_value()) *value = static_cast<T>(*parsed);
  return parsed.has_value();
}

bool SetInts(const std::string& text, FlagSet::Range range, std::vector<int>* value) {
  std::vector<int> all;
  for (absl::string_view word : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const std::optional<int64_t> parsed = ParseInt(word, range);
    if (!parsed.has_value()) return false;
    all.push_back(static_cast<int>(*parsed));
  }
  *value = std::move(all);
  return true;
}

bool SetDuration(const std::string& text, absl::Duration* value) {
  absl::Duration parsed;
  if (!absl::ParseDuration(text, &parsed)) return false;
  if (parsed < absl::ZeroDuration() || parsed > absl::Hours(24)) return false;
  *value = parsed;
  return true;
}

bool SetCpus(const std::string& text, CpuSet* value) {
  const absl::StatusOr<CpuSet> parsed = ParseCpuList(text);
  if (parsed.ok()) *value = *parsed;
  return parsed.ok();
}

std::string CpusToText(const CpuSet& cpus) {
  std::ostringstream text;
  text << cpus;
  return text.str();
}

bool SetBool(const std::string& text, bool* value) {
  return text.empty() ? (*value = true) : absl::SimpleAtob(text, value);
}

bool SetChoice(const std::string& text, const std::vector<std::string>& choices,
               std::string* value) {
  if (std::find(choices.begin(), choices.end(), text) == choices.end()) return false;
  *value = text;
  return true;
}

}  // namespace

void FlagSet::Int(std::string name, int* value, Range range, std::string help) {
  range.max = std::min<int64_t>(range.max, std::numeric_limits<int>::max());
  flags_.push_back({std::move(name), std::move(help), absl::StrCat("an integer ", Describe(range)),
                    [=](const std::string& text) { return SetInt(text, range, value); },
                    [=] { return absl::StrCat(*value); }});
}

void FlagSet::Int64(std::string name, int64_t* value, Range range, std::string help) {
  flags_.push_back({std::move(name), std::move(help), absl::StrCat("an integer ", Describe(range)),
                    [=](const std::string& text) { return SetInt(text, range, value); },
                    [=] { return absl::StrCat(*value); }});
}

void FlagSet::Bool(std::string name, bool* value, std::string help) {
  flags_.push_back({std::move(name), std::move(help), "true or false",
                    [=](const std::string& text) { return SetBool(text, value); },
                    [=] { return std::string(*value ? "true" : "false"); }});
}

void FlagSet::String(std::string name, std::string* value, std::string help) {
  flags_.push_back({std::move(name), std::move(help), "text",
                    [=](const std::string& text) { return *value = text, true; },
                    [=] { return *value; }});
}

void FlagSet::Choice(std::string name, std::string* value, std::vector<std::string> choices,
                     std::string help) {
  const std::string expected = absl::StrCat("one of ", absl::StrJoin(choices, ", "));
  flags_.push_back({std::move(name), std::move(help), expected,
                    [=](const std::string& text) { return SetChoice(text, choices, value); },
                    [=] { return *value; }});
}

void FlagSet::Ints(std::string name, std::vector<int>* value, Range range, std::string help) {
  flags_.push_back({std::move(name), std::move(help),
                    absl::StrCat("integers ", Describe(range), ", separated by commas"),
                    [=](const std::string& text) { return SetInts(text, range, value); },
                    [=] { return absl::StrJoin(*value, ","); }});
}

void FlagSet::Cpus(std::string name, CpuSet* value, std::string help) {
  flags_.push_back({std::move(name), std::move(help), "CPUs such as 0-3,8",
                    [=](const std::string& text) { return SetCpus(text, value); },
                    [=] { return CpusToText(*value); }});
}

void FlagSet::Duration(std::string name, absl::Duration* value, std::string help) {
  flags_.push_back({std::move(name), std::move(help), "a duration such as 250us, 5ms or 4s",
                    [=](const std::string& text) { return SetDuration(text, value); },
                    [=] { return absl::FormatDuration(*value); }});
}

const FlagSet::Flag* FlagSet::Find(const std::string& name) const {
  const auto found =
      std::find_if(flags_.begin(), flags_.end(), [&](const Flag& f) { return f.name == name; });
  return found == flags_.end() ? nullptr : &*found;
}

bool FlagSet::Has(const std::string& name) const { return Find(name) != nullptr; }

absl::Status FlagSet::Set(const std::string& name, const std::string& text) {
  const Flag* flag = Find(name);
  if (flag == nullptr) return absl::NotFoundError(absl::StrCat("unknown flag --", name));
  if (flag->parse(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, "=", text, ": expected ", flag->expected));
}

std::vector<std::pair<std::string, std::string>> FlagSet::Values() const {
  std::vector<std::pair<std::string, std::string>> values;
  for (const Flag& flag : flags_) values.emplace_back(flag.name, flag.print());
  return values;
}

std::string FlagSet::Help() const {
  std::string help;
  for (const Flag& flag : flags_) {
    absl::StrAppend(&help, "  --", flag.name, "=", flag.print(), "  ", flag.help, "\n");
  }
  return help;
}

}  // namespace scxx::load
