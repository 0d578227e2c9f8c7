// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/kernel_image.h"

#include <elf.h>
#include <zstd.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "gtest/gtest.h"

namespace scxx::vm {
namespace {

template <typename T>
void Append(const T& value, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// An ELF file with nothing in it but one note of `owner`.
std::string Vmlinux(const std::string& owner, uint32_t type) {
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof(header);
  header.e_ehsize = sizeof(header);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  Elf64_Phdr segment = {};
  segment.p_type = PT_NOTE;
  segment.p_offset = sizeof(header) + sizeof(segment);
  segment.p_align = 4;
  std::string note;
  Append(Elf64_Nhdr{.n_namesz = 4, .n_descsz = 8, .n_type = type}, note);
  note += owner + '\0' + std::string(8, '\1');
  segment.p_filesz = note.size();
  std::string file;
  Append(header, file);
  Append(segment, file);
  return file + note;
}

std::string Packed(const std::string& contents) {
  std::string packed(ZSTD_compressBound(contents.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), contents.data(), contents.size(), 1));
  Append(static_cast<uint32_t>(contents.size()), packed);
  return packed;
}

// A bzImage with one sector of setup code and the payload 16 bytes behind it.
std::string Image(const std::string& payload, uint32_t length) {
  std::string image(2 * 512 + 16, '\0');
  image[0x1f1] = 1;
  image.replace(0x202, 4, "HdrS");
  image[0x248] = 16;
  std::memcpy(&image[0x24c], &length, sizeof(length));
  return image + payload;
}

std::string Image(const std::string& vmlinux) {
  const std::string payload = Packed(vmlinux);
  return Image(payload, static_cast<uint32_t>(payload.size())) + "what follows";
}

TEST(UnpackKernelTest, FindsTheKernelInAnImage) {
  const std::string vmlinux = Vmlinux("Xen", 18);
  EXPECT_EQ(UnpackKernel(Image(vmlinux)), vmlinux);
}

TEST(UnpackKernelTest, LeavesAloneWhatQemuCouldNotStartUnpacked) {
  EXPECT_EQ(UnpackKernel(Image(Vmlinux("Xen", 17))), "");
  EXPECT_EQ(UnpackKernel(Image(Vmlinux("GNU", 18))), "");
  EXPECT_EQ(UnpackKernel(Image("no ELF file")), "");
}

TEST(UnpackKernelTest, LeavesAloneWhatIsNoImage) {
  EXPECT_EQ(UnpackKernel(""), "");
  EXPECT_EQ(UnpackKernel(Vmlinux("Xen", 18)), "");
  EXPECT_EQ(UnpackKernel(std::string(4096, 'x')), "");
}

TEST(UnpackKernelTest, LeavesAloneWhatIsPackedOtherwise) {
  std::string payload = "\3757zXZ and so on";
  Append(uint32_t{4096}, payload);
  EXPECT_EQ(UnpackKernel(Image(payload, static_cast<uint32_t>(payload.size()))), "");
}

// Wherever it is cut, and whatever lengths it gives.
TEST(UnpackKernelTest, DamageIsNoHarm) {
  const std::string image = Image(Vmlinux("Xen", 18));
  for (size_t length = 0; length < image.size() - 12; length += 3) {
    EXPECT_EQ(UnpackKernel(image.substr(0, length)), "") << length;
  }
  const std::string payload = Packed(Vmlinux("Xen", 18));
  for (const uint32_t length : {0u, 3u, 4u, 20u, 0x7fffffffu, 0xffffffffu}) {
    EXPECT_EQ(UnpackKernel(Image(payload, length)), "") << length;
  }
  const uint32_t size = static_cast<uint32_t>(Vmlinux("Xen", 18).size());
  for (const uint32_t other : {0u, size - 1, size + 1, 0xffffffffu}) {
    std::string other_size = payload.substr(0, payload.size() - 4);
    Append(other, other_size);
    EXPECT_EQ(UnpackKernel(Image(other_size, static_cast<uint32_t>(payload.size()))), "") << other;
  }
}

// Each byte of the ELF file once, which is sound otherwise; the checks are the sanitizer's.
TEST(UnpackKernelTest, NorIsADamagedKernelInASoundImage) {
  const std::string vmlinux = Vmlinux("Xen", 18);
  for (size_t at = 0; at < vmlinux.size(); ++at) {
    std::string damaged = vmlinux;
    damaged[at] = '\xff';
    const std::string unpacked = UnpackKernel(Image(damaged));
    EXPECT_TRUE(unpacked.empty() || unpacked == damaged) << at;
  }
  EXPECT_EQ(UnpackKernel(Image(vmlinux.substr(0, sizeof(Elf64_Ehdr)))), "");
}

}  // namespace
}  // namespace scxx::vm
