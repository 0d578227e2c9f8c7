#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Puts vmlinuz, config and version of a kernel with sched_ext into the current folder.
#
#   find_kernel.sh FETCH_SH CHOICE
#
# CHOICE is a path, `host`, empty for the newest that Debian has, or `debian:SERIES:FLAVOUR` (debian:7.2:cloud) for the newest
# of those, which has no config. The last line on standard error says what to do when there is none.
set -euo pipefail
fetch=$1 choice=$2
suite=trixie-backports prefix=linux-binary-

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
  packages=$("$fetch" names "$PWD/state" "$suite" "$prefix" -cloud-amd64) || return 1
  for package in $(head -3 <<<"$packages"); do
    use_package "$package" && return
  done
  return 1
}

# A kernel as it is, with sched_ext or without. Older packages keep the image where a system boots it from.
use_series() {
  local series=$1 flavour=$2 packages package release image
  packages=$("$fetch" names "$PWD/state" "$suite" "$prefix" "-$flavour-amd64") || exit 1
  package=$(grep -m 1 -F "$prefix$series." <<<"$packages") || fail "not in the archive: no $flavour kernel $series in $suite"
  release=${package#"$prefix"}
  "$fetch" package state "$package" unpacked || exit 1
  for image in "unpacked/usr/lib/modules/$release/vmlinuz" "unpacked/boot/vmlinuz-$release"; do
    [[ ! -e $image ]] || mv "$image" vmlinuz
  done
  rm -r unpacked
  [[ -e vmlinuz ]] || fail "no image in $package: another name than find_kernel.sh knows"
  : >config
  echo "$release" >version
}

case $choice in
  '') use_debian || use_host ;;
  host) use_host ;;
  debian:*:*) use_series "$(cut -d: -f2 <<<"$choice")" "${choice##*:}" ;;
  *) use_path "$choice" ;;
esac || fail "no kernel with sched_ext: set SCXX_KERNEL=/path/to/vmlinuz," \
  "or check the network and run: bazel sync --only=test_kernel"
rm -rf state
