// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_FETCHED_FILES_H_
#define SCXX_TOOLS_VM_FETCHED_FILES_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tools/vm/options.h"

namespace scxx::vm {

// Collects the guest files that come back, and writes them when all of each is here.
class FetchedFiles {
 public:
  explicit FetchedFiles(std::vector<FetchedFile> wanted) : wanted_(std::move(wanted)) {}

  void Append(size_t index, const std::string& bytes) { contents_[index] += bytes; }
  absl::Status Write() const;

 private:
  std::vector<FetchedFile> wanted_;
  std::map<size_t, std::string>
      contents_;  // By index in wanted_; a file that the guest lacks has no entry.
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_FETCHED_FILES_H_
