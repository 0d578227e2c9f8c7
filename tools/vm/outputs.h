// SPDX-License-Identifier: Apache-2.0 What comes out of a machine: what the command writes, what
// the guest's kernel prints, and the files that were asked for.
#ifndef SCXX_TOOLS_VM_OUTPUTS_H_
#define SCXX_TOOLS_VM_OUTPUTS_H_

#include <cstddef>
#include <cstdio>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/vm/options.h"

namespace scxx::vm {

// Bytes on their way to this process's standard output and error, in the order in which the guest
// wrote them: where both are the same terminal or file, they mix as they did there.
class OutputQueue {
 public:
  void Push(int fd, std::string bytes);

  bool empty() const { return chunks_.empty(); }
  size_t size() const { return size_; }  // Bytes.

  // Where the next bytes go; -1 when there are none. Poll it for writing.
  int NextFd() const { return empty() ? -1 : chunks_.front().fd; }

  // Writes some bytes to NextFd(). When nobody reads it any more, its bytes are dropped, now and
  // later, and the result is that descriptor, once; otherwise -1.
  int WriteSome();

  // Writes all, waiting for slow readers.
  void Flush();

 private:
  struct Chunk {
    int fd;
    std::string bytes;
    size_t done = 0;
  };

  void Drop(int fd);

  std::deque<Chunk> chunks_;
  size_t size_ = 0;
  bool closed_[3] = {};  // By descriptor.
};

// What the guest's kernel prints. The last of it is kept, to explain a failure; all of it goes to a
// file, and to standard error, where asked.
class ConsoleLog {
 public:
  // `file` stays the caller's and may be null.
  ConsoleLog(std::FILE* file, bool echo) : file_(file), echo_(echo) {}

  void Append(absl::string_view bytes);

  // The last lines that say something, each indented and on a line of its own.
  std::string Tail() const;

  // The kernel's panic line, "" if it printed none.
  std::string Panic() const;

  bool empty() const { return kept_.empty(); }

 private:
  std::FILE* file_;
  bool echo_;
  std::string kept_;
};

// Collects the guest files that come back, and writes them when all of each is here.
class FetchedFiles {
 public:
  explicit FetchedFiles(std::vector<FetchedFile> wanted) : wanted_(std::move(wanted)) {}

  void Append(size_t index, const std::string& bytes) { contents_[index] += bytes; }
  absl::Status Write() const;

 private:
  std::vector<FetchedFile> wanted_;
  // By index in wanted_; a file that the guest lacks has no entry.
  std::map<size_t, std::string> contents_;
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_OUTPUTS_H_
