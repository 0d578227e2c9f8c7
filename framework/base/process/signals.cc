// SPDX-License-Identifier: Apache-2.0
#include "framework/base/process/signals.h"

namespace scxx {

bool IsIgnored(int number) {
  struct sigaction action = {};
  sigaction(number, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

sigset_t NotIgnored(std::initializer_list<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers) {
    if (!IsIgnored(number)) sigaddset(&set, number);
  }
  return set;
}

}  // namespace scxx
