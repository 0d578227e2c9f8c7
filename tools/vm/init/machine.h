// SPDX-License-Identifier: Apache-2.0
// The machine as init sees it: how it is prepared, its line to the host, and its end.
#ifndef SCXX_TOOLS_VM_INIT_MACHINE_H_
#define SCXX_TOOLS_VM_INIT_MACHINE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "tools/vm/wire.h"

namespace scxx::vm {

// Ends the machine because init cannot go on: `what` and errno go to the kernel's console, which
// the host shows.
[[noreturn]] void Die(const char* what);

// Dies unless `ok`.
inline void Require(bool ok, const char* what) {
  if (!ok) Die(what);
}

// Makes the bare guest a place where programs run: file systems, loopback, limits. Dies when a file
// system that every kernel has is missing; those that a kernel may lack (bpf, debugfs, tracefs,
// cgroup2) are left out.
void PrepareGuest();

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

#endif  // SCXX_TOOLS_VM_INIT_MACHINE_H_
