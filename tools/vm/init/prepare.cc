// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/init/prepare.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "tools/vm/init/die.h"

namespace scxx::vm {
namespace {

struct Mount {
  const char* type;
  const char* where;
  bool required;
  const char* options = nullptr;
};

// In this order: a later one may lie inside an earlier one.
constexpr Mount kMounts[] = {
    {"proc", "/proc", true},
    {"sysfs", "/sys", true},
    {"devtmpfs", "/dev", true},
    {"tmpfs", "/dev/shm", true, "mode=1777"},
    {"devpts", "/dev/pts", false},
    {"tmpfs", "/tmp", true, "mode=1777"},
    {"tmpfs", "/run", true, "mode=755"},
    {"bpf", "/sys/fs/bpf", false},
    {"debugfs", "/sys/kernel/debug", false},
    {"tracefs", "/sys/kernel/tracing", false},
    {"cgroup2", "/sys/fs/cgroup", false},
};

void MountOne(const Mount& m) {
  mkdir(m.where, 0755);  // Most exist already; where none can be made, mount says so.
  const bool mounted = mount(m.type, m.where, m.type, 0, m.options) == 0;
  Require(mounted || !m.required, m.where);
}

// What udev would link.
void LinkDescriptors() {
  (void)!symlink("/proc/self/fd", "/dev/fd");
  (void)!symlink("/proc/self/fd/0", "/dev/stdin");
  (void)!symlink("/proc/self/fd/1", "/dev/stdout");
  (void)!symlink("/proc/self/fd/2", "/dev/stderr");
}

void RaiseLoopback() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;  // A kernel without networking has no loopback to raise.
  ifreq request = {};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  ioctl(fd, SIOCSIFFLAGS, &request);
  close(fd);
}

void SetLimit(__rlimit_resource resource, rlim_t value) {
  const rlimit limit = {value, value};
  setrlimit(resource, &limit);
}

}  // namespace

void PrepareGuest() {
  for (const Mount& m : kMounts) MountOne(m);
  LinkDescriptors();
  RaiseLoopback();
  SetLimit(RLIMIT_NOFILE, 1 << 16);
  SetLimit(RLIMIT_MEMLOCK, RLIM_INFINITY);
  SetLimit(RLIMIT_CORE, 0);
}

}  // namespace scxx::vm
