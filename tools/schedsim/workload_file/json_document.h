// SPDX-License-Identifier: Apache-2.0
//
// JsonDocument: a parsed JSON text that remembers where its values stand, so that who reads it can
// say what is wrong where, in one line:
//
//   absl::StatusOr<JsonDocument> document = JsonDocument::Parse("mix.json", text);
//   for (const JsonNode& task : document->Members(document->root())) {
//     if (!task.value->isObject()) return document->Expected(task, "an object");
//   }
//   // mix.json:7: tasks.hog: expected an object, found 12
//
// It takes what files of rt-app have in the wild: comments (/* */ and //), commas before a closing
// bracket, keys that come several times in an object, and "suspend" without a value.
//
// Ownership: nodes point into their document, which moves but does not copy. Not thread-safe.
// Errors: InvalidArgument, one line each, whatever the input.

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_JSON_DOCUMENT_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_JSON_DOCUMENT_H_

#include <json/value.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scxx {

struct JsonNode {
  std::string path;  // "tasks.hog.run"
  std::string key;   // "run"; of a list's element, its number
  const Json::Value* value = nullptr;
  bool repeated = false;  // the key has come in its object before

  bool is_null() const { return value->isNull(); }
};

class JsonDocument {
 public:
  static absl::StatusOr<JsonDocument> Parse(absl::string_view name, absl::string_view text);

  JsonNode root() const { return {"", "", root_.get()}; }
  // Of an object or a list, in the order of the text; else none.
  std::vector<JsonNode> Members(const JsonNode& node) const;

  // "NAME:LINE: PATH: expected WHAT, found VALUE"
  absl::Status Expected(const JsonNode& at, absl::string_view what) const;
  // "NAME:LINE: PATH: WHAT"
  absl::Status Wrong(const JsonNode& at, absl::string_view what) const;

 private:
  JsonDocument(absl::string_view name, absl::string_view text) : name_(name), text_(text) {}

  int LineOf(const Json::Value& value) const;

  std::string name_;
  std::string text_;
  std::unique_ptr<Json::Value> root_ = std::make_unique<Json::Value>();
};

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_JSON_DOCUMENT_H_
