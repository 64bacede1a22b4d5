#!/usr/bin/env bash
# Puts what judges generated files for Kubernetes into target/kubernetes, a virtual
# environment of Python: the schemas of Kubernetes and of the Prometheus operator, for
# scripts/check-kubernetes.py.
#   scripts/get-kubernetes.sh [OUT_DIR]
# A second run costs nothing. Needs Python 3.10 or newer with venv, and PyPI.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$(realpath -m "${1:-${CARGO_TARGET_DIR:-$root/target}/kubernetes}")
packages=(kubernetes-validate==1.37.0 cloudcoil.models.prometheus_operator==0.80.1.0 PyYAML==6.0.3)

# Of these versions: the stamp is written last.
[[ -x $out/bin/python && $(cat "$out/packages" 2>/dev/null) == "${packages[*]}" ]] && exit 0
python3 -m venv --clear "$out"
"$out/bin/python" -m pip install --quiet --disable-pip-version-check "${packages[@]}"
echo "${packages[*]}" >"$out/packages"
echo "what judges files for Kubernetes is in $out"
