// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_INIT_PORT_H_
#define SCXX_TOOLS_VM_INIT_PORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "tools/vm/wire.h"

namespace scxx::vm {

// The guest's end of the virtio serial port. Never blocks, except while it opens: the device
// appears some time after init starts.
class Port {
 public:
  Port();  // Dies when the port cannot be opened.
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  int fd() const { return fd_; }

  // Frames wait here while the host does not read.
  bool HasPending() const { return !pending_.empty(); }
  void Send(FrameType type, uint8_t arg, const std::string& payload);
  void Flush();       // Writes what the host takes now.
  void FlushFully();  // Waits until the host has taken everything.

  // The next frame from the host, if one has arrived.
  std::optional<Frame> Receive();

 private:
  int fd_;
  std::string pending_;
  FrameReader reader_;
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_INIT_PORT_H_
