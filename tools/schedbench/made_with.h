// SPDX-License-Identifier: Apache-2.0
// What a result depends on besides the schedulers.
#ifndef SCXX_TOOLS_SCHEDBENCH_MADE_WITH_H_
#define SCXX_TOOLS_SCHEDBENCH_MADE_WITH_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/vm/options.h"

namespace scxx::bench {

using MadeWith = std::vector<std::pair<std::string, std::string>>;

// Kernel, QEMU, compiler of the programs, and the image's hash, in this order, for people. The
// errors are those of building the image.
absl::StatusOr<MadeWith> DescribeMachine(const vm::VmOptions& machine);

std::string Compiler();  // Of this program, and so of those built with it.

// The release that a kernel image says it is, like "7.3.4-amd64"; "unknown" when it says nothing.
std::string KernelRelease(const std::string& image_path);

// Of 64 bits, in hexadecimal digits: tells images apart, and is no defence against malice. (FNV-1a)
std::string Fingerprint(const std::string& bytes);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_MADE_WITH_H_
