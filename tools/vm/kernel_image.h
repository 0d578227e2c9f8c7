// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_KERNEL_IMAGE_H_
#define SCXX_TOOLS_VM_KERNEL_IMAGE_H_

#include <string>

namespace scxx::vm {

// A kernel's image, whole; empty if it cannot be read (CheckKernel() of locate.h says why).
std::string ReadKernelImage(const std::string& path);

// The uncompressed kernel (vmlinux) in a bzImage's contents. QEMU starts it by the PVH entry, and
// an emulated guest need not unpack itself, which takes it two to three seconds, and us a quarter.
//
//   std::string vmlinux = UnpackKernel(ReadKernelImage(path));
//   if (vmlinux.empty()) Boot(path);
//
// Empty where that cannot be: it is no bzImage, is damaged, is not packed with zstd
// (CONFIG_KERNEL_ZSTD), was built without CONFIG_PVH, or is larger than a gigabyte. The layout is
// that of the x86 boot protocol (https://docs.kernel.org/arch/x86/boot.html).
std::string UnpackKernel(const std::string& image);

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_KERNEL_IMAGE_H_
