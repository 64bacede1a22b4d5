#!/usr/bin/env bash
# Installs what the tests of the catalog's HTML page look through: Debian's Chromium
# and a font, as packages of the system, where they are missing.
#   scripts/get-chromium.sh
# A second run costs nothing. Needs Debian or a descendant, and root for the
# installation; elsewhere a `chromium` or `google-chrome` on the PATH will do.
set -euo pipefail
exec </dev/null

fail() {
    printf 'get-chromium: %s\n' "$@" >&2
    exit 1
}

starts() {
    command -v chromium >/dev/null && chromium --version >/dev/null 2>&1
}

starts && exit 0
command -v apt-get >/dev/null || fail "no apt-get: put a chromium on the PATH by hand"
[[ $(id -u) == 0 ]] || fail "not root: apt-get install chromium fonts-dejavu-core"

export DEBIAN_FRONTEND=noninteractive
install() {
    apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 chromium fonts-dejavu-core >/dev/null
}
install || { apt-get update -qq && install; } || fail "apt-get cannot install chromium"
starts || fail "chromium is installed and does not start"
chromium --version
