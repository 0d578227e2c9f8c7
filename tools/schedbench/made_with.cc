// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/made_with.h"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "tools/vm/initramfs.h"
#include "tools/vm/locate.h"

namespace scxx::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// "QEMU emulator version 7.2.0 (...)".
std::string QemuVersion(const std::string& qemu) {
  const std::string command = absl::StrCat("'", qemu, "' --version 2>&1");
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "re"), pclose);
  char line[256] = "";
  if (pipe == nullptr || fgets(line, sizeof(line), pipe.get()) == nullptr) return "unknown";
  std::string text = line;
  text.resize(text.find_last_not_of('\n') + 1);
  const size_t version = text.find("version ");
  return version == std::string::npos ? text : text.substr(version + 8);
}

}  // namespace

absl::StatusOr<MadeWith> DescribeMachine(const vm::VmOptions& machine) {
  const absl::StatusOr<std::string> image = vm::BuildInitramfs(machine);
  if (!image.ok()) return image.status();
  const absl::StatusOr<std::string> qemu = vm::FindQemu(machine.qemu);
  if (!qemu.ok()) return qemu.status();
  return MadeWith{{"kernel", KernelRelease(machine.kernel)},
                  {"QEMU", QemuVersion(*qemu)},
                  {"compiler", Compiler()},
                  {"image", Fingerprint(*image)}};
}

std::string Compiler() {
#ifdef __clang__
  return __VERSION__;
#else
  return absl::StrCat("GCC ", __VERSION__);
#endif
}

// The boot protocol of x86: a 16-bit offset at 0x20e, counted from 0x200, of "RELEASE (builder)
// ...".
std::string KernelRelease(const std::string& image_path) {
  const std::string image = ReadFile(image_path);
  constexpr size_t kPointer = 0x20e;
  constexpr size_t kBase = 0x200;
  if (image.size() < kPointer + 2 || image.compare(0x202, 4, "HdrS") != 0) return "unknown";
  const size_t offset = static_cast<uint8_t>(image[kPointer]) +
                        (static_cast<size_t>(static_cast<uint8_t>(image[kPointer + 1])) << 8);
  const size_t begin = offset + kBase;
  const size_t end = image.find_first_of(std::string(" \0", 2), begin);
  return begin < image.size() && end != std::string::npos ? image.substr(begin, end - begin)
                                                          : "unknown";
}

std::string Fingerprint(const std::string& bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return absl::StrFormat("%016x", hash);
}

}  // namespace scxx::bench
