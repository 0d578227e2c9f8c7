// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/kernel_image.h"

#include <gelf.h>
#include <libelf.h>
#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace scxx::vm {
namespace {

// Fields of the setup header, by their offset in the image.
constexpr size_t kSetupSectors = 0x1f1;
constexpr size_t kMagic = 0x202;
constexpr size_t kPayloadOffset = 0x248;
constexpr size_t kPayloadLength = 0x24c;
constexpr size_t kSector = 512;

constexpr size_t kLargestKernel = size_t{1} << 30;
constexpr char kZstd[] = "\x28\xb5\x2f\xfd";

// Xen's name for its note with the 32-bit entry (XEN_ELFNOTE_PHYS32_ENTRY), which QEMU starts at.
constexpr char kPvhOwner[] = "Xen";
constexpr uint32_t kPvhNote = 18;

uint32_t Word(absl::string_view bytes, size_t at) {
  uint32_t word = 0;
  if (at + sizeof(word) <= bytes.size()) std::memcpy(&word, bytes.data() + at, sizeof(word));
  return word;
}

// The packed kernel, with its unpacked size in the last four bytes; empty if there is none.
absl::string_view Payload(absl::string_view image) {
  if (image.size() < kPayloadLength + 4 || image.substr(kMagic, 4) != "HdrS") return "";
  const size_t sectors = static_cast<unsigned char>(image[kSetupSectors]);
  const size_t begin = (sectors + 1) * kSector + Word(image, kPayloadOffset);
  const size_t length = Word(image, kPayloadLength);
  if (begin > image.size() || length < 4 || length > image.size() - begin) return "";
  return image.substr(begin, length);
}

bool IsPvhNote(const GElf_Nhdr& note, absl::string_view notes, size_t name) {
  return note.n_type == kPvhNote && note.n_namesz == sizeof(kPvhOwner) &&
         absl::StartsWith(notes.substr(name), kPvhOwner);
}

bool HasPvhNote(Elf_Data* notes) {
  const absl::string_view bytes(static_cast<const char*>(notes->d_buf), notes->d_size);
  GElf_Nhdr note;
  size_t name = 0, description = 0;
  for (size_t at = 0; (at = gelf_getnote(notes, at, &note, &name, &description)) > 0;) {
    if (IsPvhNote(note, bytes, name)) return true;
  }
  return false;
}

bool HasPvhEntry(std::string& vmlinux) {
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_memory(vmlinux.data(), vmlinux.size()),
                                                elf_end);
  size_t headers = 0;
  if (elf_kind(elf.get()) != ELF_K_ELF || elf_getphdrnum(elf.get(), &headers) != 0) return false;
  for (size_t i = 0; i < headers; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(elf.get(), static_cast<int>(i), &header) == nullptr) return false;
    if (header.p_type != PT_NOTE) continue;
    Elf_Data* notes = elf_getdata_rawchunk(elf.get(), static_cast<int64_t>(header.p_offset),
                                           header.p_filesz, ELF_T_NHDR);
    if (notes != nullptr && HasPvhNote(notes)) return true;
  }
  return false;
}

}  // namespace

std::string ReadKernelImage(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string UnpackKernel(const std::string& image) {
  const absl::string_view payload = Payload(image);
  if (!absl::StartsWith(payload, kZstd)) return "";
  const size_t packed = payload.size() - 4;
  const size_t size = Word(payload, packed);
  if (size > kLargestKernel) return "";
  std::string vmlinux(size, '\0');
  const size_t got = ZSTD_decompress(vmlinux.data(), size, payload.data(), packed);
  if (ZSTD_isError(got) || got != size || !HasPvhEntry(vmlinux)) return "";
  return vmlinux;
}

}  // namespace scxx::vm
