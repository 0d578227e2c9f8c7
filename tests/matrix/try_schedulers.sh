#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tries schedulers as a user would, one after another, and says a line about each:
#
#   NAME runs               it was attached beside the load, decided something, and detached cleanly
#   NAME refuses: LINE      it ended with status 3 and this one line; --backend=auto would have gone to a virtual machine
#   NAME fails: WHY         anything else; what it said follows
#
#   try_schedulers.sh SCHED_EXT LOAD NAME...    SCHED_EXT: /sys/kernel/sched_ext or its like; LOAD: the program of the demo load
#
# For busybox's shell, as root in a virtual machine that has no QEMU.
set -u
sched_ext=$1 load=$2
shift 2
tmp=$(mktemp -d)

# Copies what a scheduler says to $tmp/out. Beside each line of statistics $tmp/seen gets what the kernel says then.
watch() {
  while IFS= read -r line; do
    echo "$line" >>"$tmp/out"
    case $line in
      "queued "*) echo "$(cat "$sched_ext/state") $(cat "$sched_ext/root/ops")" >>"$tmp/seen" ;;
    esac
  done
}

# How often the kernel has complained since it booted.
complaints() {
  dmesg | grep -cE 'WARNING:|BUG:'
}

only_line_of() {
  [ "$(wc -l <"$1")" -eq 1 ]
}

# Each of these prints why it does not hold, or nothing.
not_run() {
  [ "$(cat "$tmp/status")" = 0 ] || echo "its status is $(cat "$tmp/status")"
  [ ! -s "$tmp/err" ] || echo "it complains"
  grep -qx "enabled $1" "$tmp/seen" || echo "the kernel never said that it was enabled"
  grep -q '^queued .*[1-9][0-9.]*k* decisions/s' "$tmp/out" || echo "it decides nothing"
  tail -n 1 "$tmp/out" | grep -q "^$1: detached cleanly after " || echo "its last line is not about a clean end"
  [ "$(cat "$sched_ext/state")" = disabled ] || echo "the kernel says $(cat "$sched_ext/state") after its end"
  [ "$(complaints)" = "$before" ] || echo "the kernel's log has a warning"
}

not_refused() {
  [ "$(cat "$tmp/status")" = 3 ] || echo "its status is $(cat "$tmp/status")"
  [ ! -s "$tmp/out" ] || echo "it says something on standard output"
  only_line_of "$tmp/err" || echo "it says more or less than a line"
  grep -q "^$1: .*: .*--backend=vm" "$tmp/err" || echo "the line names no cure"
  problem=$(sed "s/^$1: //; s/: .*//" "$tmp/err")
  "$1" --backend=auto >"$tmp/auto" 2>&1
  [ $? = 3 ] || echo "the status with --backend=auto is another"
  only_line_of "$tmp/auto" || echo "it says more or less than a line with --backend=auto"
  grep -qF "$1: cannot start a virtual machine, because $problem: " "$tmp/auto" || echo "--backend=auto starts no virtual machine"
}

try() {
  before=$(complaints)
  rm -f "$tmp"/*
  : >"$tmp/out"
  : >"$tmp/seen"
  { "$1" --backend=kernel --demo="$load" --duration=3s --stats_interval=1s 2>"$tmp/err"; echo $? >"$tmp/status"; } | watch
  why=$(not_run "$1")
  [ "$why" ] || { echo "$1 runs" && return; }
  # What has been attached was not refused.
  [ -s "$tmp/out" ] || why=$(not_refused "$1")
  [ "$why" ] || { echo "$1 refuses: $(sed "s/^$1: //" "$tmp/err")" && return; }
  echo "$1 fails: $(echo "$why" | head -n 1)"
  cat "$tmp/out" "$tmp/err"
}

for name in "$@"; do
  try "$name"
done
rm -r "$tmp"
