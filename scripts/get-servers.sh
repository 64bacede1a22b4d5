#!/usr/bin/env bash
# Puts the servers that tests talk to into target/servers, without installing or
# upgrading any system package:
#   scripts/get-servers.sh [OUT_DIR [GROUP...]]
#
#   prometheus       bin/prometheus promtool prometheus-alertmanager amtool; Alertmanager
#                    is started with OUT_DIR as its working directory
#   victoriametrics  bin/victoria-metrics
#   collector        bin/otelcolmini, built from Debian's sources of the
#                    OpenTelemetry collector and from scripts/otelcol
#   redis            bin/redis-server
#   postgresql       bin/initdb postgres pg_ctl pg_isready psql
#
# Without GROUP all of them. What is there already is left alone, so a second run
# costs nothing. The first three are those of Debian sid, which need no library of
# the system; the last two are those of this machine's own release, with the
# libraries that they need.
#
# Needs Debian or a descendant, its keyring (debian-archive-keyring), apt-get,
# dpkg-deb and GNU coreutils, and a Debian mirror in this machine's apt sources.
# The collector takes 1.3 GB below OUT_DIR/build while it is built, and about six
# minutes of one processor; PostgreSQL refuses to run as root.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$(realpath -m "${1:-${CARGO_TARGET_DIR:-$root/target}/servers}")
build=$out/build
groups=("${@:2}")
[[ ${#groups[@]} -gt 0 ]] || groups=(prometheus victoriametrics collector redis postgresql)

fail() {
    printf 'get-servers: %s\n' "$@" >&2
    exit 1
}

# The binaries of a group.
binaries() {
    case $1 in
        prometheus) echo prometheus promtool prometheus-alertmanager amtool ;;
        victoriametrics) echo victoria-metrics ;;
        collector) echo otelcolmini ;;
        redis) echo redis-server ;;
        postgresql) echo initdb postgres pg_ctl pg_isready psql ;;
        *) fail "no group \`$1\`: prometheus, victoriametrics, collector, redis, postgresql" ;;
    esac
}

# Whether each binary of a group starts.
complete() {
    local binary
    for binary in $(binaries "$1"); do
        [[ -x $out/bin/$binary ]] && "$out/bin/$binary" --version >/dev/null 2>&1 || return 1
    done
    [[ $1 != prometheus || -f $out/share/alertmanager/default.tmpl ]]
}

# apt-get and apt-cache of a suite of Debian, with lists and downloads of their own,
# and blind to what this machine has installed:
#   apt sid get update
apt() {
    local suite=$1 tool=$2 lists=$build/apt-$1
    shift 2
    "apt-$tool" -oDir::Etc::SourceList="$lists/sources.list" -oDir::Etc::SourceParts=/dev/null \
        -oDir::State::Lists="$lists/lists" -oDir::Cache="$lists/cache" -oDir::State::status=/dev/null \
        -oAPT::Sandbox::User=root -oAcquire::Languages=none -oAcquire::Retries=3 "$@"
}

# Reads the lists of a suite, once.
declare -A has_lists
lists_of() {
    local suite=$1 lists=$build/apt-$1 mirror
    [[ -z ${has_lists[$suite]:-} ]] || return 0
    mirror=$(
        { cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true; } |
            sed -nE 's/^(URIs:|deb( \[[^]]*\])?) +(https?:[^ ]*\/debian)\/?( .*)?$/\3/p' | sed -n 1p
    )
    [[ -n $mirror ]] || fail "no Debian mirror in this machine's apt sources;" \
        "put the servers of the head of this script into $out/bin by hand"
    mkdir -p "$lists"/{lists/partial,cache/archives/partial}
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
        >"$lists/sources.list"
    apt "$suite" get -qq update
    has_lists[$suite]=yes
}

# Downloads packages of a suite and unpacks them: unpack SUITE FOLDER PACKAGE...
unpack() {
    local suite=$1 folder=$2 debs package
    shift 2
    debs=$(mktemp -d "$build/debs.XXXXXX")
    (cd "$debs" && apt "$suite" get -qq download "$@")
    mkdir -p "$folder"
    for package in "$debs"/*.deb; do
        dpkg-deb -x "$package" "$folder"
    done
    rm -rf "$debs"
}

# The libraries that packages need, with those that these need; without libc, which
# is the system's, and without LLVM, which PostgreSQL can do without.
libraries() {
    local suite=$1 found=" " next package
    shift
    next=("$@")
    while [[ ${#next[@]} -gt 0 ]]; do
        mapfile -t next < <(
            apt "$suite" cache depends --no-recommends --no-suggests --no-conflicts --no-breaks \
                --no-replaces --no-enhances "${next[@]}" |
                sed -nE 's/^ *\|?(Pre)?Depends: (lib[^ :]+|zlib1g)$/\2/p' |
                grep -vE '^lib(c6|crypt1|llvm[0-9.]+|gcc-s1)$' | sort -u |
                while read -r package; do
                    [[ $found == *" $package "* ]] || echo "$package"
                done
        )
        found+="${next[*]} "
    done
    tr ' ' '\n' <<<"$found" | sed '/^$/d' | sort -u
}

# Libraries into lib/, from which the binaries of this release take them.
own_libraries() {
    local suite=$1 folder=$build/libraries packages
    shift
    mapfile -t packages < <(libraries "$suite" "$@")
    unpack "$suite" "$folder" "${packages[@]}"
    mkdir -p "$out/lib"
    find "$folder" -regex '.*-linux-gnu[^/]*/[^/]+\.so[^/]*' \
        -exec cp --no-dereference --remove-destination --target-directory="$out/lib" {} +
    rm -rf "$folder"
}

# bin/NAME runs a program below OUT_DIR with these libraries; found from the place
# of the script, so that the folder can be moved.
wrap() {
    cat >"$out/bin/$1" <<-EOF
		#!/bin/sh
		servers=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
		LD_LIBRARY_PATH=\$servers/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
		export LD_LIBRARY_PATH
		exec "\$servers/$2" "\$@"
	EOF
    chmod +x "$out/bin/$1"
}

release() {
    # shellcheck source=/dev/null
    (. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
}

get_prometheus() {
    lists_of sid
    unpack sid "$build/prometheus" prometheus promtool prometheus-alertmanager
    # Debian's Alertmanager looks for its templates in the system's folder. Here they
    # are in share/, which it finds from the working directory by a path as long.
    LC_ALL=C sed -i 's#/usr/share/prometheus/alertmanager#/proc/self/cwd//share/alertmanager#g' \
        "$build/prometheus/usr/bin/prometheus-alertmanager"
    mkdir -p "$out/share"
    rm -rf "$out/share/alertmanager"
    cp -r "$build/prometheus/usr/share/prometheus/alertmanager" "$out/share/"
    cp "$build"/prometheus/usr/bin/{prometheus,promtool,prometheus-alertmanager,amtool} "$out/bin/"
    rm -rf "$build/prometheus"
}

get_victoriametrics() {
    lists_of sid
    unpack sid "$build/victoriametrics" victoria-metrics
    cp "$build/victoriametrics/usr/bin/victoria-metrics" "$out/bin/"
    rm -rf "$build/victoriametrics"
}

# The packages that the collector compiles from; the closure of its dependencies is
# four times as many, and is taken when these do not suffice.
collector_packages() {
    local name
    for name in beorn7-perks cenkalti-backoff-v5 cespare-xxhash-v2 davecgh-go-spew \
        felixge-httpsnoop foxboron-go-tpm-keyfiles fsnotify-fsnotify go-logr-logr go-logr-stdr \
        go-viper-mapstructure gobwas-glob golang-protobuf-1-5 golang-snappy google-go-tpm \
        google-uuid grpc-ecosystem-grpc-gateway hashicorp-go-version hashicorp-golang-lru-v2 \
        json-iterator-go klauspost-compress knadh-koanf mitchellh-copystructure \
        mitchellh-reflectwalk modern-go-concurrent modern-go-reflect2 munnerz-goautoneg pierrec-lz4 \
        pmezard-go-difflib prometheus-client-golang prometheus-client-model prometheus-common \
        prometheus-otlptranslator prometheus-procfs rs-cors shirou-gopsutil spf13-cobra \
        spf13-pflag stretchr-testify tklauser-go-sysconf tklauser-numcpus; do
        echo "golang-github-$name-dev"
    done
    printf 'golang-%s-dev\n' go.uber-multierr go.uber-zap golang-x-crypto golang-x-exp \
        golang-x-net golang-x-sys golang-x-text gonum-v1-gonum google-genproto google-grpc \
        google-protobuf gopkg-yaml.v3 opentelemetry-collector opentelemetry-contrib \
        opentelemetry-otel opentelemetry-proto
}

collector_closure() {
    apt sid cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
        --no-replaces --no-enhances golang-opentelemetry-collector-dev |
        grep -E '^golang-.*-dev$' | sort -u
}

# Compiles with the Go of the same packages: compile_collector VERSION_OF_GO VERSION
compile_collector() (
    export GOROOT=$build/collector/usr/lib/go-$1
    export GOPATH=$build/gopath:$build/collector/usr/share/gocode
    export GO111MODULE=off GOTOOLCHAIN=local GOFLAGS='' CGO_ENABLED=0 GOCACHE=$build/gocache
    mkdir -p "$build/gopath/src"
    ln -sfn "$root/scripts/otelcol" "$build/gopath/src/otelcolmini"
    cd "$build/gopath/src/otelcolmini"
    nice -n 10 "$GOROOT/bin/go" build -p "${JOBS:-2}" -trimpath \
        -ldflags "-s -w -X main.version=$2" -o "$out/bin/otelcolmini" .
)

get_collector() {
    local go version packages
    lists_of sid
    go=$(apt sid cache depends golang-go | sed -nE 's/.*Depends: golang-([0-9.]+)-go$/\1/p' | sed -n 1p)
    version=$(apt sid cache show golang-opentelemetry-collector-dev | sed -nE 's/^Version: ([0-9.]+).*/\1/p' | sed -n 1p)
    mapfile -t packages < <(collector_packages)
    if ! { unpack sid "$build/collector" "golang-$go-go" "golang-$go-src" "${packages[@]}" &&
        compile_collector "$go" "$version"; }; then
        echo "get-servers: these packages do not suffice; taking all that the collector names" >&2
        mapfile -t packages < <(collector_closure)
        unpack sid "$build/collector" "golang-$go-go" "golang-$go-src" "${packages[@]}"
        compile_collector "$go" "$version"
    fi
    rm -rf "$build"/{collector,gopath,gocache}
}

get_redis() {
    local suite
    suite=$(release)
    lists_of "$suite"
    # The server is a link into the tools.
    unpack "$suite" "$build/redis" redis-server redis-tools
    own_libraries "$suite" redis-server redis-tools
    mkdir -p "$out/redis"
    cp --dereference "$build/redis/usr/bin/redis-server" "$out/redis/"
    wrap redis-server redis/redis-server
    rm -rf "$build/redis"
}

get_postgresql() {
    local suite server version name
    suite=$(release)
    lists_of "$suite"
    server=$(apt "$suite" cache depends postgresql | sed -nE 's/^ *Depends: (postgresql-[0-9]+)$/\1/p' | sed -n 1p)
    version=${server#postgresql-}
    rm -rf "$out/postgresql"
    # It finds its files from the place of its programs.
    unpack "$suite" "$out/postgresql" "$server" "postgresql-client-$version"
    own_libraries "$suite" "$server" "postgresql-client-$version"
    rm -rf "$out/postgresql/usr/lib/postgresql/$version/lib"/{llvmjit.so,bitcode} "$out"/postgresql/usr/share/{doc,man,locale}
    for name in $(binaries postgresql); do
        wrap "$name" "postgresql/usr/lib/postgresql/$version/bin/$name"
    done
}

mkdir -p "$out/bin" "$build"
for group in "${groups[@]}"; do
    binaries "$group" >/dev/null
    if ! complete "$group"; then
        echo "getting $group"
        "get_$group"
        complete "$group" || fail "$group is unpacked in $out and does not start"
    fi
done
rm -rf "$build"
echo "servers are in $out/bin"
