// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/init/machine.h"

#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

namespace scxx::vm {

void Die(const char* what) {
  const int console = open("/dev/console", O_WRONLY | O_NOCTTY);
  dprintf(console, "scxx init: %s: %s\n", what, strerror(errno));
  tcdrain(console);
  reboot(RB_AUTOBOOT);  // The host runs the machine without reboots, so this ends it.
  _exit(1);             // And this makes the kernel panic.
}

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

namespace {

// Watches /dev, so that the port is opened when it appears and nobody polls. The watch comes before
// the first try: no appearance is missed.
int OpenWhenItAppears(const char* path) {
  const int watch = inotify_init1(IN_CLOEXEC);
  Require(watch >= 0 && inotify_add_watch(watch, "/dev", IN_CREATE) >= 0, "watching /dev");
  for (;;) {
    const int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0) {
      close(watch);
      return fd;
    }
    Require(errno == ENOENT || errno == ENXIO || errno == ENODEV, path);
    char events[4096];
    Require(read(watch, events, sizeof(events)) > 0, "waiting for the port");
  }
}

const char* PortDevice() {
  const char* device = getenv(kPortVariable);
  return device == nullptr ? kPortDevice : device;
}

// A serial line carries bytes as they are, as the virtio port does.
void MakeRaw(int fd) {
  termios settings;
  if (tcgetattr(fd, &settings) != 0) return;
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL;
  cfsetspeed(&settings, B115200);
  Require(tcsetattr(fd, TCSANOW, &settings) == 0, "setting up the serial line");
}

}  // namespace

Port::Port() : fd_(OpenWhenItAppears(PortDevice())) { MakeRaw(fd_); }

void Port::Send(FrameType type, uint8_t arg, const std::string& payload) {
  pending_ += EncodeFrame(type, arg, payload);
}

void Port::Flush() {
  while (!pending_.empty()) {
    const ssize_t written = write(fd_, pending_.data(), pending_.size());
    if (written < 0 && errno == EAGAIN) return;
    Require(written > 0, "writing to the host");
    pending_.erase(0, static_cast<size_t>(written));
  }
}

void Port::FlushFully() {
  for (Flush(); HasPending(); Flush()) {
    pollfd writable = {fd_, POLLOUT, 0};
    poll(&writable, 1, -1);
  }
}

std::optional<Frame> Port::Receive() {
  char bytes[4096];
  const ssize_t got = read(fd_, bytes, sizeof(bytes));
  if (got > 0) reader_.Append(bytes, static_cast<size_t>(got));
  return reader_.Next();
}

}  // namespace scxx::vm
