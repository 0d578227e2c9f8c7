// SPDX-License-Identifier: Apache-2.0
#include "framework/base/flags/parse_flags.h"

#include <map>
#include <utility>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace scxx {
namespace {

// Flags of libraries that we link and do not use, like Abseil's own --flagfile.
bool IsOurs(const absl::CommandLineFlag& flag) {
  return !absl::StrContains(flag.Filename(), "absl/");
}

absl::CommandLineFlag* Find(absl::string_view name) {
  absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  return flag != nullptr && IsOurs(*flag) ? flag : nullptr;
}

absl::Status BadValue(const absl::CommandLineFlag& flag, absl::string_view value) {
  return absl::InvalidArgumentError(
      absl::StrCat("bad value in --", flag.Name(), "=", value, "; it says ", flag.Help()));
}

class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  absl::StatusOr<ParsedFlags> Parse() {
    for (; next_ < arguments_.size(); ++next_) {
      absl::string_view text = arguments_[next_];
      if (text == "--help") return ParsedFlags{.help = true};
      if (text == "--version") return ParsedFlags{.version = true};
      if (!absl::ConsumePrefix(&text, "--") || text.empty()) {
        return absl::InvalidArgumentError(absl::StrCat("unexpected argument ", arguments_[next_]));
      }
      if (absl::Status status = SetFlag(text); !status.ok()) return status;
    }
    return ParsedFlags{};
  }

 private:
  // `text` is an argument without its dashes.
  absl::Status SetFlag(absl::string_view text) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(text, absl::MaxSplits('=', 1));
    const bool has_value = parts.first.size() != text.size();
    if (absl::CommandLineFlag* flag = Find(parts.first); flag != nullptr) {
      if (has_value) return Set(*flag, parts.second);
      return flag->IsOfType<bool>() ? Set(*flag, "true") : SetFromNext(*flag);
    }
    if (absl::string_view name = text; !has_value && absl::ConsumePrefix(&name, "no")) {
      absl::CommandLineFlag* flag = Find(name);
      if (flag != nullptr && flag->IsOfType<bool>()) return Set(*flag, "false");
    }
    return absl::InvalidArgumentError(absl::StrCat("unknown flag --", parts.first));
  }

  absl::Status SetFromNext(absl::CommandLineFlag& flag) {
    if (next_ + 1 < arguments_.size()) return Set(flag, arguments_[++next_]);
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag.Name(), " needs a value; it says ", flag.Help()));
  }

  static absl::Status Set(absl::CommandLineFlag& flag, absl::string_view value) {
    std::string ignored;
    return flag.ParseFrom(value, &ignored) ? absl::OkStatus() : BadValue(flag, value);
  }

  const std::vector<std::string>& arguments_;
  size_t next_ = 0;
};

}  // namespace

absl::StatusOr<ParsedFlags> ParseFlags(const std::vector<std::string>& arguments) {
  return Parser(arguments).Parse();
}

std::string HelpText(absl::string_view summary) {
  std::map<absl::string_view, const absl::CommandLineFlag*> sorted;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (IsOurs(*flag)) sorted.emplace(name, flag);
  }
  std::string text = absl::StrCat(summary, "\n\n");
  for (const auto& [name, flag] : sorted) {
    absl::StrAppend(&text, "  --", name, "  ", flag->Help(),
                    "\n      default: ", flag->CurrentValue(), "\n");
  }
  return text;
}

}  // namespace scxx
