// SPDX-License-Identifier: Apache-2.0
#include "tools/load/record.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/stats/json_string.h"

namespace scxx::load {
void Record::AddRaw(std::string name, std::string value) {
  fields_.push_back({std::move(name), Kind::kRaw, std::move(value), "", nullptr});
}

void Record::Add(std::string name, double value) {
  AddRaw(std::move(name), absl::StrFormat("%.3f", value));
}

void Record::Add(std::string name, std::string value) {
  fields_.push_back({std::move(name), Kind::kString, std::move(value), "", nullptr});
}

void Record::AddPairs(std::string name, const std::vector<std::pair<Nanos, int64_t>>& pairs) {
  const auto pair_to_json = [](std::string* out, const std::pair<Nanos, int64_t>& pair) {
    absl::StrAppend(out, "[", pair.first.count(), ",", pair.second, "]");
  };
  const auto pair_to_text = [](std::string* out, const std::pair<Nanos, int64_t>& pair) {
    absl::StrAppend(out, pair.first.count(), ":", pair.second);
  };
  fields_.push_back({std::move(name), Kind::kPairs,
                     absl::StrCat("[", absl::StrJoin(pairs, ",", pair_to_json), "]"),
                     absl::StrJoin(pairs, ",", pair_to_text), nullptr});
}

Record& Record::AddRecord(std::string name) {
  fields_.push_back({std::move(name), Kind::kRecord, "", "", std::make_unique<Record>()});
  return *fields_.back().record;
}

std::string Record::ToText() const {
  std::string out;
  AppendText("", false, out);
  return out;
}

std::string Record::ToFullText() const {
  std::string out;
  AppendText("", true, out);
  return out;
}

void Record::AppendText(const std::string& prefix, bool full, std::string& out) const {
  for (const Field& field : fields_) {
    if (field.kind == Kind::kRecord) {
      field.record->AppendText(absl::StrCat(prefix, field.name, "."), full, out);
    } else if (field.kind == Kind::kPairs) {
      if (full) absl::StrAppend(&out, prefix, field.name, "=", field.text, "\n");
    } else {
      absl::StrAppend(&out, prefix, field.name, "=", field.value, "\n");
    }
  }
}

std::string Record::ToJson() const {
  std::string out = "{";
  for (const Field& field : fields_) {
    absl::StrAppend(&out, out.size() > 1 ? "," : "", JsonString(field.name), ":");
    switch (field.kind) {
      case Kind::kRecord:
        out += field.record->ToJson();
        break;
      case Kind::kString:
        out += JsonString(field.value);
        break;
      default:
        out += field.value;
    }
  }
  return out + "}";
}

}  // namespace scxx::load
