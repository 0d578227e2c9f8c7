// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/wire.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace scxx::vm {
namespace {

void AppendList(const std::vector<std::string>& list, std::string& bytes) {
  bytes.append(std::to_string(list.size())).push_back('\0');
  for (const std::string& element : list) bytes.append(element).push_back('\0');
}

class Reader {
 public:
  explicit Reader(const std::string& bytes) : bytes_(bytes) {}

  bool AtEnd() const { return at_ == bytes_.size(); }

  bool ReadString(std::string& out) {
    const size_t end = bytes_.find('\0', at_);
    if (end == std::string::npos) return false;
    out = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }

  bool ReadList(std::vector<std::string>& out) {
    std::string text;
    size_t count = 0;
    if (!ReadString(text)) return false;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || rest != text.data() + text.size()) return false;
    for (std::string element; count > 0 && ReadString(element); --count) out.push_back(element);
    return count == 0;
  }

 private:
  const std::string& bytes_;
  size_t at_ = 0;
};

}  // namespace

std::string EncodeCommand(const GuestCommand& command) {
  std::string bytes;
  AppendList(command.args, bytes);
  AppendList(command.env, bytes);
  AppendList(command.fetch, bytes);
  return bytes;
}

std::optional<GuestCommand> DecodeCommand(const std::string& bytes) {
  Reader reader(bytes);
  GuestCommand command;
  const bool complete = reader.ReadList(command.args) && reader.ReadList(command.env) &&
                        reader.ReadList(command.fetch) && reader.AtEnd();
  if (!complete || command.args.empty()) return std::nullopt;
  return command;
}

}  // namespace scxx::vm
