// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_WIRE_H_
#define SCXX_TOOLS_VM_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace scxx::vm {

// What the host and the guest's init say to each other over one port: a stream of
// frames, each a header and `size` bytes of payload. Host and guest have the same byte order, and
// are built from the same tree.
//
// The guest sends kHello once, then kOutput in the order in which the command wrote, then one or
// more kFile for every file that was asked for, and kExit last. The host may send kSignal and
// kCloseOutput at any time after kHello.
enum class FrameType : uint8_t {
  kHello = 1,   // guest: init runs.
  kOutput = 2,  // guest: bytes that the command wrote; arg is the descriptor, 1 or 2.
  // guest: bytes of a fetched file; arg is its index in the command. No frame: it does not exist.
  kFile = 3,
  kExit = 4,         // guest: payload is the wait status of the command, an int32_t.
  kSignal = 5,       // host: send signal `arg` to the command's process group.
  kCloseOutput = 6,  // host: nobody reads descriptor `arg` any more.
};

struct FrameHeader {
  FrameType type;
  uint8_t arg;
  uint16_t reserved;
  uint32_t size;
};
static_assert(sizeof(FrameHeader) == 8);

// A write to the port moves at most 32 KiB; a frame fits one write.
inline constexpr size_t kMaxPayload = 32 * 1024 - sizeof(FrameHeader);

// A virtio serial port has this name when it is the first of the first controller.
inline constexpr char kPortDevice[] = "/dev/vport0p1";
// A machine that may suspend has the second serial line instead, and says so in init's environment.
inline constexpr char kSerialPortDevice[] = "/dev/ttyS1";
inline constexpr char kPortVariable[] = "vm_port";

// Where init finds the command.
inline constexpr char kCommandFile[] = "/scxx/command";

struct Frame {
  FrameType type;
  uint8_t arg;
  std::string payload;
};

inline std::string EncodeFrame(FrameType type, uint8_t arg, const std::string& payload) {
  const FrameHeader header = {type, arg, 0, static_cast<uint32_t>(payload.size())};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  return bytes += payload;
}

// Cuts a stream of bytes into frames. Not thread-safe.
class FrameReader {
 public:
  void Append(const char* bytes, size_t size) { buffer_.append(bytes, size); }

  // The next complete frame, or nothing until more bytes arrive.
  std::optional<Frame> Next() {
    FrameHeader header;
    if (buffer_.size() < sizeof(header)) return std::nullopt;
    std::memcpy(&header, buffer_.data(), sizeof(header));
    const size_t end = sizeof(header) + header.size;
    if (buffer_.size() < end) return std::nullopt;
    Frame frame = {header.type, header.arg, buffer_.substr(sizeof(header), header.size)};
    buffer_.erase(0, end);
    return frame;
  }

 private:
  std::string buffer_;
};

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

#endif  // SCXX_TOOLS_VM_WIRE_H_
