#!/usr/bin/env bash
# What annotations cost a user's build: a crate with N async functions, plain,
# under tracing::instrument, and under instrument_agent. Prints a Markdown
# table of medians and ratios to tracing::instrument.
#   scripts/build-cost.sh [FUNCTIONS=200] [ROUNDS=5]
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
functions=${1:-200}
rounds=${2:-5}
work=$root/target/build-cost
rm -rf "$work/crates"
mkdir -p "$work/crates"
export CARGO_TARGET_DIR=$work/target

kinds=(plain tracing caxton)

generate() { # KIND
    local dir=$work/crates/$1
    mkdir -p "$dir/src"
    cat >"$dir/Cargo.toml" <<TOML
[package]
name = "cost-$1"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
caxton-instrument = { path = "$root/caxton-instrument" }
metrics = { version = "0.24.6", default-features = false }
tracing = { version = "0.1.44", default-features = false, features = ["std", "attributes"] }

# The same dependencies for each, so that only the crate itself differs.
[profile.release]
debug = false
TOML
    {
        case $1 in
        tracing) echo "use tracing::instrument;" ;;
        caxton) echo "use caxton_instrument::instrument_agent;" ;;
        esac
        for ((i = 0; i < functions; i++)); do
            case $1 in
            tracing) echo "#[instrument(skip_all)]" ;;
            caxton) echo "#[instrument_agent(agent_type = \"worker\")]" ;;
            esac
            echo "pub async fn work_$i(x: u64, name: &str) -> Result<u64, String> {"
            echo "    std::future::ready(()).await;"
            echo "    if x == $i { return Err(format!(\"{name} {x}\")); }"
            echo "    Ok(x + $i)"
            echo "}"
        done
        echo "fn block_on<F: Future>(f: F) -> F::Output {"
        echo "    let mut f = std::pin::pin!(f);"
        echo "    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());"
        echo "    loop { if let std::task::Poll::Ready(x) = f.as_mut().poll(&mut cx) { return x; } }"
        echo "}"
        echo "fn main() {"
        echo "    let mut sum = 0;"
        for ((i = 0; i < functions; i++)); do
            echo "    sum += block_on(work_$i(1, \"a\")).unwrap_or_default();"
        done
        echo "    println!(\"{sum}\");"
        echo "}"
    } >"$dir/src/main.rs"
}

milliseconds() { # COMMAND...
    local start end
    start=$(date +%s%N)
    "$@" >/dev/null 2>&1
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}

median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }

build() { (cd "$work/crates/$1" && cargo build -q ${2:+--$2}); }

for kind in "${kinds[@]}"; do
    generate "$kind"
    build "$kind" && build "$kind" release
done

# Interleaved: each round builds each kind once.
for ((round = 0; round < rounds; round++)); do
    for kind in "${kinds[@]}"; do
        for profile in dev release; do
            (cd "$work/crates/$kind" && cargo clean -q -p "cost-$kind" --profile "$profile" 2>/dev/null)
            flag=$([[ $profile == release ]] && echo release || true)
            milliseconds build "$kind" "$flag" >>"$work/crates/$kind/$profile"
        done
        echo "// round $round" >>"$work/crates/$kind/src/main.rs"
        sed -i "s/if x == 7 .*{ return/if x == 7 \&\& name != \"r$round\" { return/" "$work/crates/$kind/src/main.rs"
        milliseconds build "$kind" >>"$work/crates/$kind/incremental"
    done
done

declare -A value
for kind in "${kinds[@]}"; do
    for what in dev incremental release; do
        value[$kind,$what]=$(median <"$work/crates/$kind/$what")
    done
    binary=$CARGO_TARGET_DIR/release/cost-$kind
    strip -o "$binary.stripped" "$binary"
    value[$kind,size]=$(($(stat -c %s "$binary") / 1024))
    value[$kind,stripped]=$(($(stat -c %s "$binary.stripped") / 1024))
done

echo "| $functions async functions | plain | \`tracing::instrument\` | \`instrument_agent\` | ratio |"
echo "|---|---:|---:|---:|---:|"
row() { # TITLE WHAT UNIT
    local ratio
    ratio=$(awk -v a="${value[caxton,$2]}" -v b="${value[tracing,$2]}" 'BEGIN { printf "%.2f", a / b }')
    echo "| $1 | ${value[plain,$2]} $3 | ${value[tracing,$2]} $3 | ${value[caxton,$2]} $3 | $ratio |"
}
row "build of the crate, dev" dev ms
row "rebuild after a change, dev" incremental ms
row "build of the crate, release" release ms
row "release binary" size KiB
row "release binary, stripped" stripped KiB
