// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/fetched_files.h"

#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace scxx::vm {

absl::Status FetchedFiles::Write() const {
  for (const auto& [index, contents] : contents_) {
    if (index >= wanted_.size()) continue;  // The guest is not trusted.
    std::ofstream file(wanted_[index].host, std::ios::binary | std::ios::trunc);
    file << contents << std::flush;
    if (!file)
      return absl::InvalidArgumentError(
          absl::StrCat("cannot write ", wanted_[index].host, ": name a writable file to --fetch"));
  }
  return absl::OkStatus();
}

}  // namespace scxx::vm
