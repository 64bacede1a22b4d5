#!/usr/bin/env bash
# Puts the types of Grafana's dashboards and the compiler that checks against them
# into target/grafana-types:
#   scripts/get-grafana-types.sh [OUT_DIR]
#
#   node_modules/@grafana/schema   the types that Grafana itself is built with
#   node_modules/typescript        its compiler
#
# What is there already is left alone, so a second run costs nothing. Needs npm and
# node, and the registry that npm is set to. No package runs a script.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$(realpath -m "${1:-${CARGO_TARGET_DIR:-$root/target}/grafana-types}")
schema=13.2.3
typescript=5.9.3

version_of() {
    sed -nE 's/^ *"version": "([^"]*)",?$/\1/p' "$out/node_modules/$1/package.json" 2>/dev/null | sed -n 1p
}

if [[ $(version_of @grafana/schema) != "$schema" || $(version_of typescript) != "$typescript" ]]; then
    command -v npm >/dev/null || {
        echo "get-grafana-types: npm is not there; on Debian it is the package npm" >&2
        exit 1
    }
    mkdir -p "$out"
    npm install --prefix "$out" --no-audit --no-fund --no-save --ignore-scripts --loglevel=error \
        "@grafana/schema@$schema" "typescript@$typescript" </dev/null
fi
echo "the types are in $out"
