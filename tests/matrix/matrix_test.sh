#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The matrix without a kernel: schedulers are played by scripts, and then the machine is.
set -uo pipefail
here=tests/matrix
export TMPDIR=$TEST_TMPDIR/tmp
mkdir -p "$TMPDIR" "$TEST_TMPDIR"/{bin,sched_ext/root,kernel,none}
export PATH=$TEST_TMPDIR/bin:$PATH SCHED_EXT=$TEST_TMPDIR/sched_ext
failures=0

# expect WANTED WHAT: the output `out` begins so.
expect() {
  [[ $out == "$1"* ]] && return
  printf 'FAILED: %s\n wanted: %s\n    got: %s\n' "$2" "$1" "$out"
  failures=$((failures + 1))
}

# program NAME: a script from standard input.
program() {
  { echo '#!/bin/bash' && cat; } >"$TEST_TMPDIR/bin/$1"
  chmod +x "$TEST_TMPDIR/bin/$1"
}

# A scheduler that fares well, and may be told to do one thing otherwise (OTHERWISE). It goes on when its statistics were seen.
program good <<'END'
enabled=enabled ops=good disabled=disabled decisions='1.2k decisions/s' last='good: detached cleanly after 3s (the end)' status=0
eval "${OTHERWISE:-}"
echo "$enabled" >"$SCHED_EXT/state"
echo "$ops" >"$SCHED_EXT/root/ops"
echo "good: attached to Linux"
echo "queued 3 $decisions"
until grep -q . "$TMPDIR"/*/seen; do :; done
echo "$disabled" >"$SCHED_EXT/state"
echo "$last"
exit "$status"
END

# One that refuses, likewise.
program refuser <<'END'
line='this kernel has no such thing: boot another, or use --backend=vm'
vm_line='cannot start a virtual machine, because this kernel has no such thing: no QEMU'
status=3
eval "${OTHERWISE:-}"
if [[ $1 == --backend=kernel ]]; then
  echo "refuser: $line" >&2
else
  echo "refuser: $vm_line" >&2
fi
exit "$status"
END

program dmesg <<'END'
[[ ${OTHERWISE:-} != *warns ]] || { echo "WARNING: at kernel/sched" >>"$TMPDIR/log" && cat "$TMPDIR/log"; }
END

# try OTHERWISE NAME...: the guest's script. (busybox would run its own dmesg.).
try() {
  out=$(OTHERWISE=$1 sh "$here/try_schedulers.sh" "$SCHED_EXT" /bin/load "${@:2}" 2>&1)
}

try '' good refuser
expect $'good runs\nrefuser refuses: this kernel has no such thing: boot another, or use --backend=vm' "both kinds"
while IFS='|' read -r otherwise why; do
  try "$otherwise" good
  expect "good fails: $why" "$otherwise"
done <<'END'
status=1|its status is 1
echo trouble >&2|it complains
enabled=disabled|the kernel never said that it was enabled
ops=another|the kernel never said that it was enabled
decisions='0 decisions/s'|it decides nothing
last='good: FAILED'|its last line is not about a clean end
disabled=enabled|the kernel says enabled after its end
true # the kernel warns|the kernel's log has a warning
END
while IFS='|' read -r otherwise why; do
  try "$otherwise" refuser
  expect "refuser fails: $why" "$otherwise"
done <<'END'
status=1|its status is 1
echo hello|its status is 3
echo more >&2|it says more or less than a line
line='it does not work'|the line names no cure
vm_line='another scheduler is attached: stop it'|--backend=auto starts no virtual machine
END

# A machine that says what is in the folder of its kernel.
program vm <<'END'
kernel=${1#--kernel=}
cat "${kernel%/vmlinuz}/says"
END

touch "$TEST_TMPDIR/kernel/vmlinuz"
echo 'not in the archive: no kernel 9.9' >"$TEST_TMPDIR/none/reason.txt"
ROW="kernel|$TEST_TMPDIR/kernel|"

# matrix SAYS ROW...
matrix() {
  echo "$1" >"$TEST_TMPDIR/kernel/says"
  out=$(bash "$here/matrix.sh" vm load script bin/a,bin/b "${@:2}" 2>/dev/null | tail -n +3)
  status=$?
}

matrix $'release 9.8.1\na runs\nb runs' "$ROW|runs" "${ROW}lockdown=x|runs" "9.9|$TEST_TMPDIR/none||runs"
expect "| 9.8.1 | a, b, 2 CPUs | runs |
| 9.8.1 with \`lockdown=x\` | a, b, 2 CPUs | runs |
| 9.9 | nothing | not in the archive: no kernel 9.9 |" "a row for each kernel"
[[ $status == 0 ]] || { echo "FAILED: status $status" && failures=$((failures + 1)); }
while IFS='#' read -r says outcome; do
  matrix "$(echo -e "$says")" "$ROW|runs"
  expect "| $outcome |" "$says"
  [[ $status == 1 ]] || { echo "FAILED: status $status after $says" && failures=$((failures + 1)); }
done <<'END'
release 9.8.1\na refuses: no\nb refuses: no#9.8.1 | a, b, 2 CPUs | refuses: no
release 9.8.1\na runs\nb fails: it|he#9.8.1 | a, b, 2 CPUs | a runs;b fails: it\|he
release 9.8.1\na runs#9.8.1 | a, b, 2 CPUs | fails: a runs
vm: the machine did not boot#kernel | a, b, 2 CPUs | fails: vm: the machine did not boot
END

((failures == 0)) && echo passed
exit $((failures > 0))
