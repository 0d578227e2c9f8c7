// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_CPIO_H_
#define SCXX_TOOLS_VM_CPIO_H_

#include <cstdint>
#include <map>
#include <string>

namespace scxx::vm {

// Writes the archive that the kernel unpacks into its first root ("newc" cpio). The same entries
// give the same bytes, in whatever order they were added: names are sorted, times are 0, inode
// numbers count from 1, everything is root's. In exact mode one differing byte here would move
// every figure.
//
//   Cpio cpio;
//   cpio.AddFile("bin/true", bytes);  // Adds bin too.
//   std::string archive = cpio.Serialize();
class Cpio {
 public:
  // Paths are relative to the root or absolute, in normal form (no "." or ".."). Adding a path
  // twice: the last wins.
  void AddFile(const std::string& path, std::string contents, uint32_t permissions = 0755);
  void AddDirectory(const std::string& path);
  void AddSymlink(const std::string& path, const std::string& target);

  bool Contains(const std::string& path) const;
  std::string Serialize() const;

 private:
  struct Entry {
    uint32_t mode;
    std::string contents;
  };

  void Add(const std::string& path, Entry entry);

  std::map<std::string, Entry>
      entries_;  // By path without a leading slash: a parent sorts before its children.
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_CPIO_H_
