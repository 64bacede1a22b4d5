#!/usr/bin/env bash
# Installs what the tests of the catalog's HTML page look through: Debian's Chromium,
# what drives it, and a font, as packages of the system, where they are missing.
#   scripts/get-chromium.sh
# A second run costs nothing. Needs Debian or a descendant, and root for the
# installation; elsewhere a `chromedriver` on the PATH that finds its browser will do.
set -euo pipefail
exec </dev/null

fail() {
    printf 'get-chromium: %s\n' "$@" >&2
    exit 1
}

starts() {
    command -v chromium chromedriver >/dev/null &&
        chromium --version >/dev/null 2>&1 && chromedriver --version >/dev/null 2>&1
}

starts && exit 0
command -v apt-get >/dev/null || fail "no apt-get: put a chromedriver on the PATH by hand"
[[ $(id -u) == 0 ]] || fail "not root: apt-get install chromium chromium-driver fonts-dejavu-core"

export DEBIAN_FRONTEND=noninteractive
install() {
    apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 chromium chromium-driver fonts-dejavu-core >/dev/null
}
install || { apt-get update -qq && install; } || fail "apt-get cannot install chromium"
starts || fail "chromium is installed and does not start"
chromium --version
