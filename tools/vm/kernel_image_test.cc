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
  EXPECT_EQ(UnpackKernel(Image("\xfd"
                               "7zXZ and so on",
                               15)),
            "");
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
  std::string other_size = payload;
  other_size.replace(other_size.size() - 4, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(UnpackKernel(Image(other_size, static_cast<uint32_t>(payload.size()))), "");
}

}  // namespace
}  // namespace scxx::vm
