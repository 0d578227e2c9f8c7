// SPDX-License-Identifier: Apache-2.0
//
// CompleteRtAppText: a file of rt-app as its workgen would pass it on. In an object a key may come
// several times, and "suspend" may stand without a value; a JSON reader keeps the last of equal
// keys only, and refuses the other.
//
//   CompleteRtAppText(R"({"run": 1, "run": 2, "suspend"})")
//   // {"run": 1, "run\u0001": 2, "suspend": ""}
//
// The mark keeps the keys apart, and KeyOfText takes it off again. No line is added, so that who
// counts lines in either text counts the same. What is not JSON stays as wrong as it is.

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_TEXT_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace scxx {

std::string CompleteRtAppText(absl::string_view text);

struct TextKey {
  std::string key;        // as it stands in the file
  bool repeated = false;  // it has come in this object before
};
TextKey KeyOfText(absl::string_view key);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_TEXT_H_
