#!/usr/bin/env bash
# Instructions of one update, for each hot row: exact where times are not.
#   scripts/callgrind.sh check    fails when a row grew by more than 5 %
#   scripts/callgrind.sh record   writes benches/callgrind.json
# Needs valgrind and jq (Debian: apt-get install valgrind jq), which it installs
# where it may. Another compiler may well count differently: then record.
set -euo pipefail
cd "$(dirname "$0")/.."
record=benches/callgrind.json
runs=10000
tolerance=1.05

case ${1:-} in
check | record) ;;
*)
    echo "usage: scripts/callgrind.sh check|record" >&2
    exit 2
    ;;
esac

for tool in valgrind jq; do
    command -v "$tool" >/dev/null && continue
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        apt-get install -y -qq "$tool" >/dev/null || { apt-get update -qq && apt-get install -y -qq "$tool" >/dev/null; }
    fi
    command -v "$tool" >/dev/null || {
        echo "callgrind: $tool is not installed: apt-get install $tool" >&2
        exit 1
    }
done

# Our own rows alone, which need no peer.
binary=$(cargo build --quiet --release -p caxton-benches --no-default-features --bin caxton-hot-rows \
    --message-format json | jq -r 'select(.executable != null) | .executable')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

instructions() { # ROW RUNS
    valgrind --quiet --tool=callgrind --collect-atstart=no --toggle-collect='*counted*' \
        --callgrind-out-file="$work/out" "$binary" "$1" "$2" >/dev/null 2>"$work/errors" || {
        cat "$work/errors" >&2
        exit 1
    }
    sed -n 's/^\(totals\|summary\): //p' "$work/out" | tail -1
}

rows=$("$binary" list)
empty=$(instructions "$(head -1 <<<"$rows")" "$runs")
while IFS= read -r row; do
    count=$(instructions "$row" "$runs")
    jq -n --arg row "$row" --argjson n "$count" --argjson empty "$empty" --argjson runs "$runs" \
        '{($row): ((($n - $empty) / $runs * 100 | round) / 100)}'
done < <(tail -n +2 <<<"$rows") | jq -s add >"$work/now.json"

if [[ $1 == record ]]; then
    cp "$work/now.json" "$record"
    cat "$record"
    # The README names some of them.
    cargo run --quiet --release -p caxton-benches --no-default-features --bin caxton-plot
    exit
fi

# Half an instruction is noise of what stands around the loop.
jq -n -r --slurpfile old "$record" --slurpfile new "$work/now.json" --argjson tolerance "$tolerance" '
    ($old[0] + $new[0] | keys_unsorted[]) as $row
    | $old[0][$row] as $before | $new[0][$row] as $after
    | (if $before == null or $after == null then "MISSING, record it"
       elif $after > $before * $tolerance + 0.5 then "SLOWER"
       else "ok" end) as $verdict
    | "\($verdict)\t\($before) -> \($after)\t\($row)"' | tee "$work/verdicts"
if grep -qE '^(SLOWER|MISSING)' "$work/verdicts"; then
    echo "callgrind: more instructions than recorded; if that is meant, scripts/callgrind.sh record" >&2
    exit 1
fi
