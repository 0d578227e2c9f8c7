#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same seed and image give the same bytes; another seed gives others. Usage: repeat_test SCHEDBENCH
set -eu

bench() {
  "$1" --schedulers=eevdf,fifo --workloads=yield_8 --seeds=1 --first_seed="$2" --settle=1s --format=json --out="$3"
}

bench "$1" 1 "$TEST_TMPDIR/first.json"
bench "$1" 1 "$TEST_TMPDIR/again.json"
bench "$1" 2 "$TEST_TMPDIR/other.json"

grep -q '"cost":{"unit":"instructions/yield"' "$TEST_TMPDIR/first.json" || { echo "no costs"; exit 1; }
cmp "$TEST_TMPDIR/first.json" "$TEST_TMPDIR/again.json"
# All but the seed's name must differ: the costs themselves do.
sed 's/"seed 2"/"seed 1"/' "$TEST_TMPDIR/other.json" > "$TEST_TMPDIR/renamed.json"
if cmp -s "$TEST_TMPDIR/first.json" "$TEST_TMPDIR/renamed.json"; then
  echo "another seed gave the same bytes: is it used?"
  exit 1
fi
