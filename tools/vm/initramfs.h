// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_INITRAMFS_H_
#define SCXX_TOOLS_VM_INITRAMFS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/vm/options.h"

namespace scxx::vm {

// The guest's whole root, as an archive for the kernel: init, the files with the libraries they
// need, and the command. The same options and file contents give the same bytes.
absl::StatusOr<std::string> BuildInitramfs(const VmOptions& options);

// How a program's libraries are found; here for the tests.

// The program interpreter that a 64-bit ELF file asks for; "" when it is static, or no ELF file at
// all.
std::string ElfInterpreter(const std::string& contents);

struct SharedLibrary {
  std::string name;  // What the program asks for: libc.so.6.
  std::string path;  // Where this machine has it.
};

// The shared libraries that the dynamic program at `path` would load here, as its own `interpreter`
// finds them (what ldd prints). Runs the interpreter, not the program. Error: a library is missing;
// the message names it.
absl::StatusOr<std::vector<SharedLibrary>> SharedLibraries(const std::string& interpreter,
                                                           const std::string& path);

// The libraries in what `interpreter --list` printed.
absl::StatusOr<std::vector<SharedLibrary>> ParseLibraryList(const std::string& listing);

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_INITRAMFS_H_
