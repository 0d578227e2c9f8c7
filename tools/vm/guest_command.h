// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_GUEST_COMMAND_H_
#define SCXX_TOOLS_VM_GUEST_COMMAND_H_

#include <optional>
#include <string>
#include <vector>

namespace scxx::vm {

// What init runs. It travels in a file of the initramfs, not on the kernel's command line, so every
// argument arrives exactly as given: empty, with spaces, quotes or newlines.
struct GuestCommand {
  std::vector<std::string> args;   // args[0] is looked up in the guest's PATH.
  std::vector<std::string> env;    // NAME=VALUE, the whole environment.
  std::vector<std::string> fetch;  // Guest files to send back at the end, at most 256.
};

// The file's bytes: for each of the three lists its length and its elements, all ended by a NUL.
std::string EncodeCommand(const GuestCommand& command);

// Nothing when `bytes` is not what EncodeCommand makes.
std::optional<GuestCommand> DecodeCommand(const std::string& bytes);

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_GUEST_COMMAND_H_
