// SPDX-License-Identifier: Apache-2.0
//
// What a program has inherited of signals. One that is ignored (nohup, `trap "" INT`, or SIGINT of
// a background job of sh) is meant to stay so: blocked and read from a descriptor it would count.

#ifndef SCXX_FRAMEWORK_BASE_PROCESS_SIGNALS_H_
#define SCXX_FRAMEWORK_BASE_PROCESS_SIGNALS_H_

#include <signal.h>

#include <initializer_list>

namespace scxx {

bool IsIgnored(int number);

// Those of them that are not ignored.
sigset_t NotIgnored(std::initializer_list<int> numbers);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_PROCESS_SIGNALS_H_
