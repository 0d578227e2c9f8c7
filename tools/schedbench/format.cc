// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/format.h"

#include <utility>

#include "tools/schedbench/data_format.h"
#include "tools/schedbench/text_format.h"

namespace scxx::bench {
namespace {

constexpr std::pair<Format, const char*> kNames[] = {{Format::kText, "text"},
                                                     {Format::kMarkdown, "markdown"},
                                                     {Format::kCsv, "csv"},
                                                     {Format::kJson, "json"}};

}  // namespace

std::string Print(Format format, const Results& results, const Table& table) {
  switch (format) {
    case Format::kText:
      return ToText(results, table);
    case Format::kMarkdown:
      return ToMarkdown(results, table);
    case Format::kCsv:
      return ToCsv(results, table);
    case Format::kJson:
      return ToJson(results, table);
  }
  return "";
}

bool AbslParseFlag(absl::string_view text, Format* format, std::string* error) {
  for (const auto& [value, name] : kNames) {
    *format = value;
    if (text == name) return true;
  }
  *error = "it must be text, markdown, csv or json";
  return false;
}

std::string AbslUnparseFlag(Format format) {
  for (const auto& [value, name] : kNames) {
    if (value == format) return name;
  }
  return "";
}

}  // namespace scxx::bench
