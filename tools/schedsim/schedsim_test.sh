#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# schedsim's command line: what it prints first and last, and its exit status.
set -euo pipefail
schedsim=$1
out=$(mktemp)

fail() {
  echo "FAIL: $*"
  cat "$out"
  exit 1
}

# expect STATUS FLAG...: runs it.
expect() {
  local want=$1 status=0
  shift
  "$schedsim" "$@" >"$out" 2>&1 || status=$?
  [[ $status == "$want" ]] || fail "schedsim $* ended with $status, not $want"
}

has() {
  grep -q -- "$1" "$out" || fail "no line with: $1"
}

expect 0 --workload=periodic --duration=50ms
head -1 "$out" | grep -q '^seed 1: 4 CPUs' || fail "the seed is not first"
tail -1 "$out" | grep -q '^PASS: 0 of 1 runs failed' || fail "the verdict is not last"

expect 0 --compare=fifo,vruntime --workload=periodic --topology=2 --duration=50ms --seeds=2 --faults=all,stop_agent=0
has 'figure           fifo   vruntime'
has 'PASS: 0 of 4 runs failed'

expect 0 --workload=lock_convoy --policy=skeleton --duration=50ms
has '^convoy '

expect 0 --campaign --seeds=2 --faults=none --format=json
has '^{"policy": "fifo", "seed": 2'

expect 0 --workload=periodic --duration=20ms --trace="$TEST_TMPDIR/trace.txt"
grep -q '^[0-9]* cpu[0-9] running task[0-9]* 0 hog$' "$TEST_TMPDIR/trace.txt" || fail "no task runs in the trace"
expect 0 --workload=periodic --duration=20ms --trace="$TEST_TMPDIR/trace.json"
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$TEST_TMPDIR/trace.json"
for trace in hotplug.txt hotplug.json; do
  expect 0 --workload=mixed --duration=200ms --faults=hotplug=10ms,affinity=1ms,nice=1ms --trace="$TEST_TMPDIR/$trace"
done
grep -q '^[0-9]* cpu0 hotplug cpu[0-9] offline$' "$TEST_TMPDIR/hotplug.txt" || fail "no CPU goes in the trace"
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$TEST_TMPDIR/hotplug.json"
expect 2 --trace=/none/of/it
expect 2 --trace="$TEST_TMPDIR/trace.txt" --seeds=2

# Hundreds of tasks of one CPU are before another one in fifo's only queue (docs/architecture.md, "Known to fail").
expect 1 --campaign --harsh --seed=32
has 'failed after .*: idle'
has '^again: bazel run //tools/schedsim -- --policy=fifo --campaign --harsh --seed=32$'
has '^FAIL: 1 of 1 runs failed'

# Two tasks that take two locks crosswise.
cat >"$TEST_TMPDIR/ring.json" <<'EOF'
{ "tasks": { "a": { "lock": "left", "run": 1000, "lock1": "right", "unlock": "right", "unlock1": "left" },
             "b": { "lock": "right", "run": 2000, "lock1": "left", "unlock": "left", "unlock1": "right" } } }
EOF
expect 1 --workload="$TEST_TMPDIR/ring.json" --topology=2
has 'failed after .*: deadlock: task2 (b) waits for mutex "left", which task1 (a) has; task1 (a) waits'

echo '{ "tasks": { "hog": { "ran": 5 } } }' >"$TEST_TMPDIR/bad.json"
expect 2 --workload="$TEST_TMPDIR/bad.json"
has '^schedsim: .*bad.json:1: tasks.hog.ran: unknown key'
for flag in --policy=none "--compare=fifo," --workload=none --workload=./none --topology=0 --seeds=0 --faults=none,x \
  --format=xml --duration=-1s --x; do
  expect 2 "$flag"
  [[ $(wc -l <"$out") == 1 ]] || fail "$flag got more than a line"
done
echo PASS
