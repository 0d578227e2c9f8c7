// SPDX-License-Identifier: Apache-2.0
//
// A kernel that has all that scxx needs, for tests to take things away from. Each function returns
// type information to be written to /sys/kernel/btf/vmlinux.

#ifndef SCXX_FRAMEWORK_KERNEL_TESTING_GOOD_KERNEL_H_
#define SCXX_FRAMEWORK_KERNEL_TESTING_GOOD_KERNEL_H_

#include <string>

namespace scxx {

// The newest kernel, without the function, the member or the enumerator of that name.
std::string GoodKernelBtf(const std::string& without = "");

// The oldest: every kfunc under its first name.
std::string OldKernelBtf();

// The newest, built with an old pahole.
std::string ShortEnumKernelBtf();

// The newest, built with a pahole too old for it, which shows `function`'s implicit parameter.
std::string AuxKernelBtf(const std::string& function);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_TESTING_GOOD_KERNEL_H_
