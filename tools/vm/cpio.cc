// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/cpio.h"

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"

namespace scxx::vm {
namespace {

std::string Relative(const std::string& path) {
  const size_t start = path.find_first_not_of('/');
  return start == std::string::npos ? "" : path.substr(start);
}

void Pad(std::string& archive) { archive.append((4 - archive.size() % 4) % 4, '\0'); }

// The fields: magic, inode, mode, uid, gid, links, mtime, size, device (2), special device (2),
// name size, checksum.
void AppendEntry(uint32_t inode, uint32_t mode, const std::string& name,
                 const std::string& contents, std::string& archive) {
  const uint32_t links = S_ISDIR(mode) ? 2 : 1;
  absl::StrAppendFormat(&archive, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
                        inode, mode, 0, 0, links, 0, contents.size(), 0, 0, 0, 0, name.size() + 1,
                        0);
  archive.append(name).push_back('\0');
  Pad(archive);
  archive += contents;
  Pad(archive);
}

}  // namespace

void Cpio::AddFile(const std::string& path, std::string contents, uint32_t permissions) {
  Add(path, {S_IFREG | permissions, std::move(contents)});
}

void Cpio::AddDirectory(const std::string& path) { Add(path, {S_IFDIR | 0755, ""}); }

void Cpio::AddSymlink(const std::string& path, const std::string& target) {
  Add(path, {S_IFLNK | 0777, target});
}

bool Cpio::Contains(const std::string& path) const { return entries_.count(Relative(path)) != 0; }

void Cpio::Add(const std::string& path, Entry entry) {
  const std::string name = Relative(path);
  if (name.empty()) return;
  for (size_t slash = name.find('/'); slash != std::string::npos;
       slash = name.find('/', slash + 1)) {
    entries_.try_emplace(name.substr(0, slash), Entry{S_IFDIR | 0755, ""});
  }
  entries_.insert_or_assign(name, std::move(entry));
}

std::string Cpio::Serialize() const {
  std::string archive;
  uint32_t inode = 0;
  for (const auto& [name, entry] : entries_) {
    AppendEntry(++inode, entry.mode, name, entry.contents, archive);
  }
  AppendEntry(0, 0, "TRAILER!!!", "", archive);
  return archive;
}

}  // namespace scxx::vm
