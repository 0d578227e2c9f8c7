// SPDX-License-Identifier: Apache-2.0
// CPU work as a fixed number of iterations, so that a run does the same work on every machine.
#ifndef SCXX_TOOLS_LOAD_BURN_H_
#define SCXX_TOOLS_LOAD_BURN_H_

#include <cstdint>

#include "framework/base/units.h"

namespace scxx::load {

// Tells the CPU (and QEMU, which then runs another vCPU) that this is a waiting or burning loop.
inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Burns about 1,000 instructions an iteration, one PAUSE included: a microsecond of exact mode.
void Burn(int64_t iterations);

// How many iterations take `time` on this CPU now (at least 1). Depends on the machine and the
// moment: only for loads that were asked to work for a time and not for a count.
int64_t CalibrateBurn(Nanos time);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_BURN_H_
