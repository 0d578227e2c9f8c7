// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/outputs.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace scxx::vm {
namespace {

// The descriptors are shared with our parent, so they stay blocking; a pipe that polls as writable
// takes this much.
constexpr size_t kWithoutBlocking = 4096;

}  // namespace

void OutputQueue::Push(int fd, std::string bytes) {
  if (bytes.empty() || closed_[fd]) return;
  size_ += bytes.size();
  chunks_.push_back({fd, std::move(bytes)});
}

int OutputQueue::WriteSome() {
  Chunk& chunk = chunks_.front();
  const size_t count = std::min(chunk.bytes.size() - chunk.done, kWithoutBlocking);
  const ssize_t written = write(chunk.fd, chunk.bytes.data() + chunk.done, count);
  if (written < 0 && (errno == EAGAIN || errno == EINTR)) return -1;
  if (written < 0) {
    const int fd = chunk.fd;
    Drop(fd);
    return fd;
  }
  chunk.done += static_cast<size_t>(written);
  size_ -= static_cast<size_t>(written);
  if (chunk.done == chunk.bytes.size()) chunks_.pop_front();
  return -1;
}

void OutputQueue::Flush() {
  while (!empty()) {
    pollfd writable = {NextFd(), POLLOUT, 0};
    poll(&writable, 1, -1);
    WriteSome();
  }
}

void OutputQueue::Drop(int fd) {
  closed_[fd] = true;
  std::erase_if(chunks_, [fd](const Chunk& chunk) { return chunk.fd == fd; });
  size_ = 0;
  for (const Chunk& chunk : chunks_) size_ += chunk.bytes.size() - chunk.done;
}

namespace {

constexpr size_t kKeep = 16 * 1024;
constexpr size_t kTailLines = 25;

}  // namespace

void ConsoleLog::Append(absl::string_view bytes) {
  if (file_ != nullptr) {
    std::fwrite(bytes.data(), 1, bytes.size(), file_);
    std::fflush(file_);  // Somebody may be watching it.
  }
  if (echo_) std::fwrite(bytes.data(), 1, bytes.size(), stderr);
  kept_.append(bytes.data(), bytes.size());
  if (kept_.size() > 2 * kKeep) kept_.erase(0, kept_.size() - kKeep);
}

std::string ConsoleLog::Tail() const {
  const std::vector<absl::string_view> lines =
      absl::StrSplit(kept_, absl::ByAnyChar("\r\n"), absl::SkipWhitespace());
  std::string tail;
  for (size_t i = lines.size() - std::min(lines.size(), kTailLines); i < lines.size(); ++i) {
    absl::StrAppend(&tail, "\n  | ", absl::StripTrailingAsciiWhitespace(lines[i]));
  }
  return tail;
}

std::string ConsoleLog::Panic() const {
  const size_t start = kept_.find("Kernel panic");
  if (start == std::string::npos) return "";
  return kept_.substr(start, kept_.find_first_of("\r\n", start) - start);
}

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
