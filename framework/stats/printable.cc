// SPDX-License-Identifier: Apache-2.0
#include "framework/stats/printable.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace scxx {

std::string Printable(absl::string_view text, absl::string_view keep) {
  std::string printable;
  for (const char& c : text) {
    const bool harmless = absl::ascii_isprint(static_cast<unsigned char>(c)) ||
                          keep.find(c) != absl::string_view::npos;
    const absl::string_view one(&c, 1);
    absl::StrAppend(&printable, harmless ? std::string(one) : absl::CEscape(one));
  }
  return printable;
}

}  // namespace scxx
