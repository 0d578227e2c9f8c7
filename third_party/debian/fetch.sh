#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Fetches from Debian's package archive, from whichever mirror this machine's own apt sources name: no root, no change
# to the system, apt's own proxies and keys.
#
#   fetch.sh file POOL_PATH SHA256 OUT       one file of the pool, checked against its hash
#   fetch.sh names STATE SUITE PREFIX SUFFIX the suite's packages named PREFIX*SUFFIX, newest version first; maybe none
#   fetch.sh package STATE NAME DIR          unpacks a package of that suite into DIR
#
# STATE is a folder for a private package index, so the system's own is left alone.
# SCXX_DEBIAN_MIRROR names a mirror where apt's sources do not have one (Ubuntu, or no apt lists).
set -euo pipefail

fail() {
  echo "$*" >&2
  exit 1
}

retry() {
  local attempt
  for attempt in 1 2 3; do
    "$@" && return
    sleep "$attempt"
  done
  return 1
}

# The address of a Debian mirror: the user's choice, else what apt has an index of, else the first source on a Debian.
mirror() {
  local found=${SCXX_DEBIAN_MIRROR:-}
  # shellcheck disable=SC2016  # apt expands these, not the shell
  [[ $found ]] || found=$(apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk '$1 == "Debian/Debian" {print $2; exit}')
  if [[ -z $found ]] && grep -qx 'ID=debian' /etc/os-release; then
    found=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list 2>/dev/null |
      awk '$1 == "URIs:" {print $2; exit} $1 == "deb" {for (i = 2; i <= NF; i++) if ($i ~ /:/) {print $i; exit}}')
  fi
  [[ $found ]] || fail "no Debian mirror among apt's sources: run apt-get update, or set SCXX_DEBIAN_MIRROR to a mirror's address"
  echo "${found%/}"
}

fetch_file() {
  local pool_path=$1 sha256=$2 out=$3 uri
  uri=$(mirror)/$pool_path
  retry /usr/lib/apt/apt-helper "${APT_OPTIONS[@]}" download-file "$uri" "$out" "SHA256:$sha256" >&2 ||
    fail "cannot fetch $pool_path from Debian's archive: check the network and apt's proxy settings"
}

# Points apt at STATE instead of the system's own index.
use_state() {
  mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
  APT_OPTIONS+=(
    -o "Dir::Etc::SourceList=$1/sources.list" -o Dir::Etc::SourceParts=/nonexistent
    -o "Dir::State::Lists=$1/lists" -o "Dir::Cache=$1/cache" -o Dir::State::Status=/dev/null
    -o Acquire::Languages=none
  )
}

names() {
  local state=$1 suite=$2 prefix=$3 suffix=$4 uri keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  uri=$(mirror)
  [[ -e $keyring ]] || fail "Debian's archive keys not found: install debian-archive-keyring"
  use_state "$state"
  echo "deb [signed-by=$keyring] $uri $suite main" >"$state/sources.list"
  retry apt-get "${APT_OPTIONS[@]}" -qq update >&2 ||
    fail "cannot read the index of $suite: check the network and apt's proxy settings"
  apt-cache "${APT_OPTIONS[@]}" pkgnames "$prefix" | { grep -E -- "^${prefix}[0-9].*${suffix}\$" || true; } | sort -rV
}

package() {
  local state=$1 name=$2 dir=$3
  use_state "$(realpath "$state")"
  mkdir -p "$dir/deb"
  (cd "$dir/deb" && retry apt-get "${APT_OPTIONS[@]}" -qq download "$name" >&2) || fail "cannot download $name"
  dpkg-deb -x "$dir"/deb/*.deb "$dir"
  rm -r "$dir/deb"
}

command -v apt-get >/dev/null || fail "apt-get not found: this machine cannot read Debian's archive"
APT_OPTIONS=(-o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30)
# Bazel's folders are private to the user, so apt cannot drop to its own.
[[ $EUID != 0 ]] || APT_OPTIONS+=(-o APT::Sandbox::User=root)

case ${1:-} in
  file) fetch_file "${@:2}" ;;
  names) names "${@:2}" ;;
  package) package "${@:2}" ;;
  *) fail "usage: fetch.sh file|names|package ..." ;;
esac
