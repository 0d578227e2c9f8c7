// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_OPTIONS_H_
#define SCXX_TOOLS_VM_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "framework/base/process/process.h"

namespace scxx::vm {

enum class Accel {
  kAuto,  // KVM where it runs the guest, else kTcg.
  kKvm,   // KVM or failure.
  kTcg,   // Emulation, all guest CPUs in turn on one host thread. Slow and sound.
  // Emulation, a host thread per CPU. Shows races; one boot in thirty panics and is repeated.
  kTcgMulti,
};

// A host file or folder to put into the guest, with the shared libraries it needs.
struct GuestFile {
  std::string host;
  std::string guest;  // Absolute.
};

// A guest file to copy to the host when the command has ended, if it exists then.
struct FetchedFile {
  std::string guest;
  std::string host;
};

struct VmOptions {
  std::string qemu;  // Empty: $SCXX_QEMU, else qemu-system-x86_64 from PATH.
  // An x86 bzImage, or a vmlinux with CONFIG_PVH. Required; FindKernel() of locate.h knows the
  // usual places.
  std::string kernel;
  int cpus = 1;          // 1..255
  int max_cpus = 0;      // CPUs with those that are offline, `cpus` to 255; 0: none is.
  int possible = 0;      // CPUs with those that could be plugged in, up to 255; 0: none could.
  std::string topology;  // SOCKETSxCORESxTHREADS, of all these. Empty: cores of one socket.
  int memory_mb = 1024;  // 64 or more. The host gives memory only as the guest touches it.
  std::string numa;      // The CPUs of each node, all of these, such as "4,0". Empty: no NUMA.
  bool suspend = false;  // It may suspend: the port survives it, and S3 is woken at once.
  Accel accel = Accel::kAuto;

  // Repeatable to the bit, on an idle host and on a busy one: a virtual clock that counts
  // instructions and skips idle time, and no outside source of time or chance except `seed`.
  // Implies kTcg. Several CPUs take turns while the clock goes on for all, so a latency means
  // little then.
  bool exact = false;
  int instruction_ns = 1;  // Guest time of an instruction: a power of two, 1 to 64.
  uint64_t seed = 1;

  std::vector<GuestFile> files;
  std::vector<FetchedFile> fetch;    // At most 256.
  std::vector<std::string> command;  // command[0] is searched in the guest's PATH, /bin.
  std::vector<std::string> env;      // NAME=VALUE, besides PATH, HOME and TERM.
  std::string append;                // More words for the kernel's command line.

  absl::Duration timeout = absl::InfiniteDuration();  // From the call to the end.
  std::string console_file;  // Empty: the kernel's console is kept only to explain a failure.
  bool verbose = false;      // Says on standard error what it does, and shows the console.
};

// How the command ended. The signal is the one that killed it, or that ended the machine while it
// ran.
using scxx::ExitStatus;

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_OPTIONS_H_
