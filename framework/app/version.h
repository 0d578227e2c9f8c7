// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_FRAMEWORK_APP_VERSION_H_
#define SCXX_FRAMEWORK_APP_VERSION_H_

namespace scxx {

// What --version prints; CHANGELOG.md says what is in it.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_VERSION_H_
