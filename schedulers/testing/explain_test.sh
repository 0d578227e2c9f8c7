#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --explain of the scheduler PROGRAM on a real kernel: lines about the tasks of the demo load, with the statistics.
#
#   explain_test.sh PROGRAM
set -uo pipefail
program=$1

out=$("$program" --backend=vm --cpus=1 --duration=4s --explain=load 2>&1)
status=$?
printf '%s\n' "$out"
[[ $status == 0 ]] || { echo "FAILED: exit status $status" && exit 1; }
line='^explain [0-9]+ load: weight [0-9]+, burst .*, penalty .*, lag -?[0-9].*, key -?[0-9].*, (waits|runs or sleeps)$'
if ! grep -qE "$line" <<<"$out"; then
  echo "FAILED: nothing is explained"
  exit 1
fi
echo passed
