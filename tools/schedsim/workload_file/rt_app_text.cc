// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/rt_app_text.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

constexpr char kMark = '\x01';
constexpr absl::string_view kMarkInText = "\\u0001";

// Goes through the text once, and copies it with what is missing.
class Completer {
 public:
  explicit Completer(absl::string_view text) : text_(text) {}

  std::string Run() {
    while (at_ < text_.size()) Take();
    return std::move(out_);
  }

 private:
  // An object, or a list, that has been opened and not closed.
  struct Level {
    bool object = false;
    bool key_next = false;
    std::map<std::string, int> keys = {};
  };

  void Take() {
    const char c = text_[at_];
    if (c == '"') return TakeString();
    if (const size_t end = CommentEnd(at_); end != at_) return Copy(end);
    if (c == '{' || c == '[') levels_.push_back({.object = c == '{', .key_next = true});
    if ((c == '}' || c == ']') && !levels_.empty()) levels_.pop_back();
    if (c == ',' && !levels_.empty()) levels_.back().key_next = true;
    Copy(at_ + 1);
  }

  void Copy(size_t end) {
    absl::StrAppend(&out_, text_.substr(at_, end - at_));
    at_ = end;
  }

  void TakeString() {
    const size_t end = StringEnd();
    const bool is_key = !levels_.empty() && levels_.back().object && levels_.back().key_next;
    if (!is_key || end > text_.size()) return Copy(std::min(end, text_.size()));
    levels_.back().key_next = false;
    const std::string key(text_.substr(at_ + 1, end - at_ - 2));
    Copy(end - 1);
    // A third one has two marks, and so on.
    for (int n = levels_.back().keys[key]++; n > 0; --n) absl::StrAppend(&out_, kMarkInText);
    Copy(end);
    if (absl::StartsWith(key, "suspend") && EndsWithoutValue()) absl::StrAppend(&out_, ": \"\"");
  }

  // Behind its closing quote; beyond the text if it has none.
  size_t StringEnd() const {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    return end + 1;
  }

  // The same place if there is no comment.
  size_t CommentEnd(size_t from) const {
    const absl::string_view rest = text_.substr(from);
    const bool block = absl::StartsWith(rest, "/*");
    if (!block && !absl::StartsWith(rest, "//")) return from;
    const absl::string_view last = block ? "*/" : "\n";
    const size_t end = text_.find(last, from + 2);
    return end == absl::string_view::npos ? text_.size() : end + last.size();
  }

  bool EndsWithoutValue() const {
    size_t next = at_;
    while (next < text_.size()) {
      const size_t end = CommentEnd(next);
      if (end == next && !absl::ascii_isspace(static_cast<unsigned char>(text_[next]))) break;
      next = end == next ? next + 1 : end;
    }
    return next < text_.size() && (text_[next] == ',' || text_[next] == '}');
  }

  const absl::string_view text_;
  size_t at_ = 0;
  std::vector<Level> levels_;
  std::string out_;
};

}  // namespace

std::string CompleteRtAppText(absl::string_view text) { return Completer(text).Run(); }

TextKey KeyOfText(absl::string_view key) {
  const absl::string_view plain = key.substr(0, key.find(kMark));
  return {std::string(plain), plain.size() != key.size()};
}

}  // namespace scxx
