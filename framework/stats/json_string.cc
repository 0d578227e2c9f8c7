// SPDX-License-Identifier: Apache-2.0
#include "framework/stats/json_string.h"

#include "absl/strings/str_format.h"

namespace scxx {

std::string JsonString(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace scxx
