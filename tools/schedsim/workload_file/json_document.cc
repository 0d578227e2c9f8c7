// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/json_document.h"

#include <json/reader.h>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/schedsim/workload_file/rt_app_text.h"

namespace scxx {
namespace {

// Deeper than any workload, and far from the end of our stack.
constexpr int kMaxDepth = 32;
constexpr size_t kMaxShown = 40;

std::unique_ptr<Json::CharReader> MakeReader() {
  Json::CharReaderBuilder builder;
  builder["collectComments"] = false;
  builder["allowComments"] = true;
  builder["allowTrailingCommas"] = true;
  builder["failIfExtra"] = true;
  builder["stackLimit"] = kMaxDepth;
  return std::unique_ptr<Json::CharReader>(builder.newCharReader());
}

// Text of a file, on one line of a message.
std::string Printable(absl::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return out;
}

// JsonCpp's text has, for each error, "* Line 3, Column 5" and what is wrong indented below it. The
// first is the cause of the others.
absl::Status SyntaxError(absl::string_view name, absl::string_view errors) {
  const std::vector<absl::string_view> lines = absl::StrSplit(errors, '\n');
  absl::string_view where = lines[0];
  int line = 0;
  if (absl::ConsumePrefix(&where, "* Line ")) {
    (void)absl::SimpleAtoi(where.substr(0, where.find(',')), &line);
  }
  const absl::string_view what =
      lines.size() < 2 ? "not JSON" : absl::StripAsciiWhitespace(lines[1]);
  return absl::InvalidArgumentError(
      absl::StrCat(name, ":", std::max(line, 1), ": ", Printable(what)));
}

std::string Shown(const Json::Value& value) {
  switch (value.type()) {
    case Json::nullValue:
      return "null";
    case Json::arrayValue:
      return "a list";
    case Json::objectValue:
      return "an object";
    case Json::stringValue: {
      const std::string text = value.asString();
      return absl::StrCat("\"", Printable(text.substr(0, kMaxShown)),
                          text.size() > kMaxShown ? "..." : "", "\"");
    }
    default:
      return value.asString();
  }
}

}  // namespace

absl::StatusOr<JsonDocument> JsonDocument::Parse(absl::string_view name, absl::string_view text) {
  JsonDocument document(name, CompleteRtAppText(text));
  const char* const begin = document.text_.data();
  std::string errors;
  // JsonCpp throws where the text is nested too deeply.
  try {
    if (MakeReader()->parse(begin, begin + document.text_.size(), document.root_.get(), &errors)) {
      return document;
    }
  } catch (const Json::Exception&) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ":1: nested more than ", kMaxDepth, " deep"));
  }
  return SyntaxError(name, errors);
}

std::vector<JsonNode> JsonDocument::Members(const JsonNode& node) const {
  std::vector<JsonNode> members;
  const std::string prefix = node.path.empty() ? "" : absl::StrCat(node.path, ".");
  const auto add = [&](const std::string& key, const Json::Value& value) {
    const TextKey text = KeyOfText(key);
    members.push_back({absl::StrCat(prefix, Printable(text.key)), text.key, &value, text.repeated});
  };
  if (node.value->isArray()) {
    for (Json::ArrayIndex i = 0; i < node.value->size(); ++i) {
      add(absl::StrCat(i), (*node.value)[i]);
    }
  } else if (node.value->isObject()) {
    for (const std::string& key : node.value->getMemberNames()) add(key, (*node.value)[key]);
  }
  std::sort(members.begin(), members.end(), [](const JsonNode& a, const JsonNode& b) {
    return a.value->getOffsetStart() < b.value->getOffsetStart();
  });
  return members;
}

int JsonDocument::LineOf(const Json::Value& value) const {
  const auto offset =
      std::min<ptrdiff_t>(value.getOffsetStart(), static_cast<ptrdiff_t>(text_.size()));
  return 1 + static_cast<int>(std::count(text_.begin(), text_.begin() + offset, '\n'));
}

absl::Status JsonDocument::Expected(const JsonNode& at, absl::string_view what) const {
  return Wrong(at, absl::StrCat("expected ", what, ", found ", Shown(*at.value)));
}

absl::Status JsonDocument::Wrong(const JsonNode& at, absl::string_view what) const {
  return absl::InvalidArgumentError(absl::StrCat(name_, ":", LineOf(*at.value), ": ", at.path,
                                                 at.path.empty() ? "" : ": ", what));
}

}  // namespace scxx
