// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/user_path.h"

#include <cstdlib>
#include <filesystem>

namespace scxx::bench {

std::string UserPath(const std::string& path) {
  const char* directory = std::getenv("BUILD_WORKING_DIRECTORY");
  if (path.empty() || directory == nullptr) return path;
  return std::filesystem::path(directory) / path;
}

}  // namespace scxx::bench
