#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The scheduler PROGRAM as a newcomer starts it on a machine without sched_ext: in a virtual machine, on a real kernel, under
# a demo load. It must attach, show statistics, schedule without page faults or fallbacks, detach, and say what its callbacks
# cost.
#
#   vm_test.sh PROGRAM [NAME FLAG...]       NAME: what it calls itself, with these flags
set -uo pipefail
program=$1
name=${2:-$(basename "$program")}

out=$("$program" "${@:3}" --backend=vm --cpus=2 --duration=4s --stats_interval=1s --callback_costs 2>"$TEST_TMPDIR/err")
status=$?
err=$(<"$TEST_TMPDIR/err")
printf '%s\n' "$out" "standard error:" "$err"

fail() {
  echo "FAILED: $*"
  exit 1
}

[[ $status == 0 ]] || fail "exit status $status"
[[ $err == "$name: starting a virtual machine"* ]] || fail "it does not say that it starts a virtual machine"
[[ $out == *"$name: attached to Linux "* ]] || fail "it does not say that it is attached"
lines=$(grep -c '^queued .* decisions/s ' <<<"$out")
((lines >= 2)) || fail "$lines lines of statistics"
grep -q '^queued .*[1-9][0-9.]*k* decisions/s' <<<"$out" || fail "no decisions"
grep -q '^page faults 0,' <<<"$out" || fail "page faults"
grep -q '^counter process_time [1-9]' <<<"$out" || fail "no CPU time of the process"
grep -q '^counter scxx_enqueue_calls [1-9][0-9]* calls: ' <<<"$out" || fail "no calls of a callback"
grep -q '^counter scxx_enqueue_time [1-9][0-9]* ns: ' <<<"$out" || fail "no time in a callback"
last=$(grep -Ev '^(counter|gauge) ' <<<"$out" | tail -n 1)
[[ $last == "$name: detached cleanly after "*" (the end of --duration)" ]] || fail "the last line is another"
echo passed
