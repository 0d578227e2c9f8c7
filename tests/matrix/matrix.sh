#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Boots kernels one after another, has schedulers tried on each (try_schedulers.sh), and prints a table in Markdown: which kernel,
# what ran, how it went. Fails if a row is not as expected.
#
#   matrix.sh VM LOAD TRY_SCHEDULERS_SH SCHEDULER[,SCHEDULER...] ROW...
#
# A row is `NAME|FOLDER|WORDS|EXPECTED`. The folder has vmlinuz, or reason.txt, which says why there is none. WORDS are more of
# the kernel's command line. EXPECTED is how the outcome begins: `runs`, or `refuses: ` and words.
set -uo pipefail
vm=$1 load=$2 script=$3
IFS=, read -ra schedulers <<<"$4"
shift 4
names=("${schedulers[@]##*/}")
unexpected=0

# What the guest's script says. The clock counts instructions, so a busy host changes nothing. Nobody mounts
# securityfs, where the lockdown is shown: schedulers find it all the same.
try_kernel() {
  local kernel=$1 words=$2 scheduler files=()
  for scheduler in "${schedulers[@]}"; do
    files+=("--file=$scheduler")
  done
  # shellcheck disable=SC2016  # the guest's shell expands these
  "$vm" --kernel="$kernel" --cpus=2 --exact --instruction_ns=8 --append="$words" --timeout=15m "${files[@]}" \
    --file="$load:/bin/load" --file="$script:/bin/try_schedulers" -- /bin/busybox sh -c \
    'echo "release $(uname -r)"; exec sh /bin/try_schedulers "$@"' \
    sh /sys/kernel/sched_ext /bin/load "${names[@]}" 2>&1
}

# One outcome if all schedulers fare alike, else one for each.
outcome_of() {
  local verdicts
  verdicts=$(grep -E '^\S+ (runs$|refuses: |fails: )' <<<"$1")
  if (($(wc -l <<<"$verdicts") != ${#names[@]})); then
    echo "fails: $(tail -n 1 <<<"$1")"
  elif (($(cut -d ' ' -f 2- <<<"$verdicts" | sort -u | wc -l) == 1)); then
    head -n 1 <<<"$verdicts" | cut -d ' ' -f 2-
  else
    paste -sd ';' <<<"$verdicts"
  fi
}

add_line() {
  table+="| $1 | $2 | ${3//|/\\|} |"$'\n'
}

add_row() {
  local name=$1 folder=$2 words=$3 expected=$4 with='' said outcome release
  [[ ! $words ]] || with=" with \`$words\`"
  if [[ ! -e $folder/vmlinuz ]]; then
    add_line "$name$with" nothing "$(<"$folder/reason.txt")"
    return
  fi
  echo "matrix: $name$with" >&2
  said=$(try_kernel "$folder/vmlinuz" "$words")
  outcome=$(outcome_of "$said")
  release=$(sed -n 's/^release //p' <<<"$said")
  add_line "${release:-$name}$with" "$(printf '%s, ' "${names[@]}")2 CPUs" "$outcome"
  [[ $outcome == "$expected"* ]] && return
  printf '%s\n' "$said" "matrix: $name$with: \"$expected\" was expected" >&2
  unexpected=1
}

table='| kernel | what ran | outcome |'$'\n''| --- | --- | --- |'$'\n'
for row in "$@"; do
  IFS='|' read -r name folder words expected <<<"$row"
  add_row "$name" "$folder" "$words" "$expected"
done
printf '%s' "$table"
exit "$unexpected"
