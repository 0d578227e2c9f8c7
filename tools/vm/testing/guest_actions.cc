// SPDX-License-Identifier: Apache-2.0
//
// What machine_test.cc lets the guest do: guest_actions ACTION [ARGUMENT...].
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tools/vm/testing/pattern.h"

namespace scxx::vm {
namespace {

void LeaveAProcessBehind() {
  if (fork() != 0) return;
  for (;;) pause();
}

// Both streams by turns, more than any pipe or port holds.
int Flood() {
  LeaveAProcessBehind();
  const std::string bytes = Pattern();
  for (size_t at = 0; at < bytes.size(); at += 10'000) {
    std::fwrite(bytes.data() + at, 1, std::min<size_t>(10'000, bytes.size() - at), stdout);
    std::fputs("error\n", stderr);
  }
  return 7;
}

int PrintArguments(int argc, char** argv) {
  for (int i = 2; i < argc; ++i) std::printf("<%s>", argv[i]);
  std::printf("<%s>", std::getenv("GREETING"));
  return 0;
}

int WaitForSignal(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  std::printf("ready\n");
  std::fflush(stdout);
  int got;
  sigwait(&set, &got);
  std::printf("got %d\n", got);
  return 0;
}

int Panic() {
  std::puts("about to panic");
  std::fflush(stdout);
  const int trigger = open("/proc/sysrq-trigger", O_WRONLY);
  (void)!write(trigger, "c", 1);
  return 1;
}

// What differs between two boots if anything does: clocks and random numbers.
int Witness() {
  for (int i = 0; i < 5; ++i) {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    unsigned random = 0;
    (void)!getentropy(&random, sizeof(random));
    std::printf("%ld.%09ld %08x\n", static_cast<long>(now.tv_sec), now.tv_nsec, random);
    poll(nullptr, 0, 12);  // A timer and an idle CPU are part of the evidence.
  }
  return 0;
}

int Act(int argc, char** argv) {
  const std::string action = argc > 1 ? argv[1] : "";
  if (action == "flood") return Flood();
  if (action == "arguments") return PrintArguments(argc, argv);
  if (action == "wait_for_int") return WaitForSignal(SIGINT);
  if (action == "panic") return Panic();
  if (action == "witness") return Witness();
  if (action == "abort") std::abort();
  return 2;
}

}  // namespace
}  // namespace scxx::vm

int main(int argc, char** argv) { return scxx::vm::Act(argc, argv); }
