#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The command line of the program that is any of several schedulers. Nothing is attached.
#
#   scxx_cli_test.sh PROGRAM POLICY...
set -uo pipefail
program=$1
shift
policies=("$@")
names=$(printf ', %s' "${policies[@]}")
names=${names:2}
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
  [[ $status == "$wanted" ]] || fail "scxx $* exited with $status, not $wanted: $out $err"
}

# refuses STATUS LINE ARGUMENT... : says exactly this on standard error, and nothing else.
refuses() {
  local wanted=$1 line=$2
  shift 2
  run "$wanted" "$@"
  [[ -z $out && $err == "$line" ]] || fail "scxx $* says '$out' and '$err', not '$line'"
}

refuses 2 "scxx: --policy is missing: choose one of $names"
refuses 2 "scxx: there is no policy eevdf: choose one of $names" --policy=eevdf
refuses 2 'scxx: unknown flag --nosuch (--help lists all flags)' --policy=fifo --nosuch=1
refuses 2 'fifo: it has nothing to --explain (--help lists all flags)' --policy=fifo --explain=1
refuses 2 'scxx: unexpected argument fifo (--help lists all flags)' fifo

run 0 --list
list=$out
((${#policies[@]} == $(wc -l <<<"$out"))) || fail "--list does not show ${#policies[@]} lines: $out"
for policy in "${policies[@]}"; do
  grep -qE "^$policy +.{10,}" <<<"$list" || fail "--list says nothing about $policy: $list"
  run 0 --policy="$policy" --version
  [[ $out == "$policy "[0-9]*.[0-9]* ]] || fail "--policy=$policy --version says: $out"
done

run 0 --help
[[ $out == 'scxx: '* && $out == *--policy* && $out == *"${policies[0]} "* ]] || fail "--help says: $out"
# Each with the defaults of its own.
run 0 --policy=latency --help
[[ $out == 'latency: '* && $out == *'default: 24ms'* ]] || fail "--policy=latency --help says: $out"
run 0 --policy=vruntime --help
[[ $out == 'vruntime: '* && $out == *'default: 12ms'* ]] || fail "--policy=vruntime --help says: $out"

# Standard output that nobody reads: more is said than a pipe holds, and it ends all the same.
mkfifo "$TEST_TMPDIR/unread"
exec {unread}<>"$TEST_TMPDIR/unread"
"$program" --policy=fifo --backend=sim --cpus=1 --duration=20s --stats_interval=10ms >"$TEST_TMPDIR/unread" ||
  fail "it exited with $? where nobody reads"
exec {unread}<&-

# Standard output that is closed is not the next descriptor that somebody opens.
err=$("$program" --policy=fifo --backend=sim --cpus=1 --duration=2s 2>&1 >&-) ||
  fail "it exited with $? without a standard output"
[[ -z $err ]] || fail "without a standard output it says on standard error: $err"

((failures == 0)) && echo "passed"
exit $((failures > 0))
