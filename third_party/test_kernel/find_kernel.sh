#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Puts vmlinuz, config and version of a kernel with sched_ext into the current folder.
#
#   find_kernel.sh FETCH_SH CHOICE     CHOICE: a path, `host`, or empty for the newest that Debian has
#
# The last line on standard error says what to do when there is none.
set -euo pipefail
fetch=$1 choice=$2
suite=trixie-backports prefix=linux-binary- suffix=-cloud-amd64

fail() {
  echo "$*" >&2
  exit 1
}

has_sched_ext() {
  grep -qx 'CONFIG_SCHED_CLASS_EXT=y' "$1" 2>/dev/null
}

# The user's own image is taken as it is: its config need not be at hand.
use_path() {
  [[ -r $1 ]] || fail "SCXX_KERNEL=$1 cannot be read: name a readable kernel image"
  ln -s "$(realpath "$1")" vmlinuz
  : >config
  echo "$1" >version
}

use_host() {
  local release
  release=$(uname -r)
  has_sched_ext "/boot/config-$release" && [[ -r /boot/vmlinuz-$release ]] || return 1
  ln -s "/boot/vmlinuz-$release" vmlinuz
  ln -s "/boot/config-$release" config
  echo "$release" >version
}

use_package() {
  local package=$1 release=${1#"$prefix"}
  "$fetch" package state "$package" unpacked
  "$fetch" package state "linux-base-$release" unpacked
  has_sched_ext "unpacked/usr/lib/modules/$release/config" || return 1
  mv "unpacked/usr/lib/modules/$release"/{vmlinuz,config} .
  rm -r unpacked
  echo "$release" >version
}

use_debian() {
  local packages package
  [[ $(uname -m) == x86_64 ]] || return 1
  packages=$("$fetch" names "$PWD/state" "$suite" "$prefix" "$suffix") || return 1
  for package in $(head -3 <<<"$packages"); do
    use_package "$package" && return
  done
  return 1
}

case $choice in
  '') use_debian || use_host ;;
  host) use_host ;;
  *) use_path "$choice" ;;
esac || fail "no kernel with sched_ext: set SCXX_KERNEL=/path/to/vmlinuz," \
  "or check the network and run: bazel sync --only=test_kernel"
rm -rf state
