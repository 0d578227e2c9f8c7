#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The command line of the scheduler PROGRAM: what it says and its exit status. Nothing is attached.
#
#   cli_test.sh PROGRAM
set -uo pipefail
program=$1
name=$(basename "$program")
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# run STATUS ARGUMENT... : sets `out` and `err`.
run() {
  local wanted=$1 status
  shift
  out=$("$program" "$@" 2>"$TEST_TMPDIR/err")
  status=$?
  err=$(<"$TEST_TMPDIR/err")
  [[ $status == "$wanted" ]] || fail "$name $* exited with $status, not $wanted: $out $err"
}

# refuses STATUS WORDS ARGUMENT... : one line on standard error with these words, nothing else.
refuses() {
  local wanted=$1 words=$2
  shift 2
  run "$wanted" "$@"
  [[ -z $out ]] || fail "$name $* wrote to standard output: $out"
  [[ $err == "$name: "* && $err != *$'\n'* ]] || fail "$name $* did not say one line: $err"
  [[ $err == *"$words"* ]] || fail "$name $* does not say '$words': $err"
}

refuses 2 'unknown flag --nosuch (--help lists all flags)' --nosuch=1
refuses 2 'bad value in --slice=fast; it says how long' --slice=fast
refuses 2 'slice=2s is out of range: choose it from 100us to 1s' --slice=2s
refuses 2 'slice=0 is out of range' --slice=0
refuses 2 'watchdog_timeout=1m is out of range' --watchdog_timeout=60s
refuses 2 'max_tasks=1 tasks is out of range' --max_tasks=1
refuses 2 'unexpected argument now' now
refuses 2 '--duration needs a value' --duration
refuses 2 'bad value in --backend=qemu' --backend=qemu
refuses 2 '--agent_cpu is for kernels: leave it out with --backend=sim' --backend=sim --agent_cpu=1
SCXX_QEMU=/nonexistent/qemu refuses 3 'cannot start a virtual machine: /nonexistent/qemu is no executable' --backend=vm
SCXX_QEMU=/bin/sh SCXX_KERNEL=/nonexistent/vmlinuz refuses 3 "cannot read the kernel '/nonexistent/vmlinuz'" --backend=vm

run 0 --version
[[ $out == "$name "[0-9]*.[0-9]* ]] || fail "--version says: $out"
run 0 --help
[[ $out == "$name: "* && $out == *--slice*'default: '[0-9]*ms* ]] || fail "--help says: $out"

# The simulator needs no kernel: the program lives there as it would on one.
run 0 --backend=sim --duration=3s --cpus=4 --counters
[[ $out == *"$name: attached to a simulated machine of 4 CPUs"$'\n'* ]] || fail "--backend=sim says: $out"
[[ $(grep -c "^queued .* decisions.s .* fallbacks 0$" <<<"$out") == 3 ]] ||
  fail "not three lines in three simulated seconds: $out"
[[ $out == *"detached cleanly after 3.00s (the end of --duration)"* ]] || fail "--backend=sim ends with: $out"
[[ $out =~ counter\ engine_decisions\ [1-9] && $out =~ counter\ dispatched\ [1-9] ]] || fail "--counters says: $out"
again=$out
run 0 --backend=sim --duration=3s --cpus=4 --counters
[[ $out == "$again" ]] || fail "--backend=sim does not repeat itself: $out"
refuses 2 '--explain goes with the statistics' --backend=sim --explain=hog --stats_interval=0

((failures == 0)) && echo "passed"
exit $((failures > 0))
