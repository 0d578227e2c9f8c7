#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds Linux 6.12 with sched_ext, which Debian's own has not, from Debian's source. By hand, for //tests/matrix:rows.
#
#   build_6_12.sh FOLDER
#
# makes FOLDER/6_12/vmlinuz, and FOLDER/6_12_cut/vmlinuz, which differs in its type information only: 64-bit enumerators are cut
# in half, as strange or old builds have them. FOLDER keeps the source (2.5 GB), and a second call goes on where the first ended.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
fetch=$here/../../third_party/debian/fetch.sh config=$here/linux_6_12.config package=linux-source-6.12

fail() {
  echo "$*" >&2
  exit 1
}

need_tools() {
  local command
  for command in make gcc ld flex bison bc pahole xz; do
    command -v "$command" >/dev/null ||
      fail "no $command: apt-get install make gcc binutils flex bison bc dwarves xz-utils libelf-dev"
  done
}

# Debian 13 has this version for as long as it lives.
fetch_source() {
  rm -rf state unpacked
  "$fetch" names "$PWD/state" trixie linux-source- '' >/dev/null
  "$fetch" package "$PWD/state" "$package" unpacked
  tar -xf "unpacked/usr/src/$package.tar.xz" -C unpacked
  mv "unpacked/$package" "$package"
  rm -r state unpacked
}

# What is not in the configuration, and not needed by it, is off.
configure() {
  local option
  KCONFIG_ALLCONFIG=$config make -s allnoconfig
  while read -r option; do
    grep -qx "$option" .config || fail "this source does not take $option: correct $config"
  done < <(grep -v '^#' "$config")
}

# build FOLDER [VARIABLE=VALUE]: puts vmlinuz there. The type information is made when vmlinux is linked.
build() {
  rm -f vmlinux
  nice make -s -j"$(nproc)" "${@:2}" bzImage
  mkdir -p "$1"
  cp arch/x86/boot/bzImage "$1/vmlinuz"
}

need_tools
mkdir -p "$1"
cd "$1"
folder=$PWD
[[ -d $package ]] || fetch_source
cd "$package"
configure
build "$folder/6_12"
printf '#!/bin/sh\nexec pahole --skip_encoding_btf_enum64 "$@"\n' >"$folder/cutting_pahole"
chmod +x "$folder/cutting_pahole"
build "$folder/6_12_cut" PAHOLE="$folder/cutting_pahole"
