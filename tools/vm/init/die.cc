// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/init/die.h"

#include <fcntl.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace scxx::vm {

void Die(const char* what) {
  const int console = open("/dev/console", O_WRONLY | O_NOCTTY);
  dprintf(console, "scxx init: %s: %s\n", what, strerror(errno));
  tcdrain(console);
  reboot(RB_AUTOBOOT);  // The host runs the machine without reboots, so this ends it.
  _exit(1);             // And this makes the kernel panic.
}

}  // namespace scxx::vm
