// SPDX-License-Identifier: Apache-2.0
// An ordered tree of named values that prints as key=value lines and as one JSON object.
//
//   Record record;
//   record.Add("ops", 12);
//   record.AddRecord("class").Add("tasks", 3);
//   record.ToText();   // "ops=12\nclass.tasks=3\n"
//   record.ToJson();   // {"ops":12,"class":{"tasks":3}}
#ifndef SCXX_TOOLS_LOAD_RECORD_H_
#define SCXX_TOOLS_LOAD_RECORD_H_

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/units.h"

namespace scxx::load {

class Record {
 public:
  void Add(std::string name, std::integral auto value) {
    AddRaw(std::move(name), std::to_string(static_cast<int64_t>(value)));
  }
  void Add(std::string name, bool value) { AddRaw(std::move(name), value ? "true" : "false"); }
  void Add(std::string name, Nanos value) { Add(std::move(name), value.count()); }
  void Add(std::string name, double value);  // Three decimals.
  void Add(std::string name, std::string value);
  void Add(std::string name, const char* value) { Add(std::move(name), std::string(value)); }

  // Times and counts: [[a,b],...] in JSON, "a:b,..." in the full text, left out of the text.
  void AddPairs(std::string name, const std::vector<std::pair<Nanos, int64_t>>& pairs);

  // The new record lives as long as this one.
  Record& AddRecord(std::string name);

  std::string ToText() const;
  std::string ToFullText() const;  // With pairs: all there is, for a program to read.
  std::string ToJson() const;

 private:
  enum class Kind { kRaw, kString, kPairs, kRecord };
  struct Field {
    std::string name;
    Kind kind;
    std::string value;  // Of pairs: in JSON.
    std::string text;   // Of pairs: in text.
    std::unique_ptr<Record> record;
  };

  void AddRaw(std::string name, std::string value);
  void AppendText(const std::string& prefix, bool full, std::string& out) const;

  std::vector<Field> fields_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_RECORD_H_
