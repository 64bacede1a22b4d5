#!/usr/bin/env bash
# Unpacks current Prometheus, promtool, Alertmanager and amtool into target/servers/bin,
# without installing or upgrading any system package.
#   scripts/get-servers.sh [OUT_DIR]
# Needs Debian or a descendant with its keyring, and the mirror in this machine's apt sources.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$(realpath -m "${1:-${CARGO_TARGET_DIR:-$root/target}/servers}")
servers=(prometheus promtool prometheus-alertmanager amtool)

complete() {
    local server
    for server in "${servers[@]}"; do
        [[ -x $out/bin/$server ]] && "$out/bin/$server" --version >/dev/null 2>&1 || return 1
    done
}

if complete; then
    echo "servers are in $out/bin"
    exit 0
fi

mirror=$(
    { cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true; } |
        sed -nE 's/^(URIs:|deb( \[[^]]*\])?) +(https?:[^ ]*\/debian)\/?( .*)?$/\3/p' | sed -n 1p
)
if [[ -z $mirror ]]; then
    echo "get-servers: no Debian mirror in this machine's apt sources; put prometheus, promtool," >&2
    echo "get-servers: prometheus-alertmanager and amtool into $out/bin by hand" >&2
    exit 1
fi

mkdir -p "$out"/{bin,apt/lists/partial,apt/cache/archives/partial,debs,root}
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$out/apt/sources.list"
apt=(-oDir::Etc::SourceList="$out/apt/sources.list" -oDir::Etc::SourceParts=/dev/null
     -oDir::State::Lists="$out/apt/lists" -oDir::Cache="$out/apt/cache" -oAPT::Sandbox::User=root
     -oAcquire::Languages=none -oAcquire::Retries=3)
echo "downloading prometheus, promtool and prometheus-alertmanager"
apt-get "${apt[@]}" -qq update
(cd "$out/debs" && apt-get "${apt[@]}" -qq download prometheus promtool prometheus-alertmanager)
for package in "$out"/debs/*.deb; do
    dpkg-deb -x "$package" "$out/root"
done
for server in "${servers[@]}"; do
    cp "$out/root/usr/bin/$server" "$out/bin/"
done
rm -rf "$out/debs" "$out/root" "$out/apt"
complete
"$out/bin/prometheus" --version | sed -n 1p
"$out/bin/prometheus-alertmanager" --version | sed -n 1p
