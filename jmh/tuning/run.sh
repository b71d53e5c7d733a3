#!/usr/bin/env bash
# Measures what a setting of the server does to its speed and its answers; docs/tuning.md says how to read it.
set -euo pipefail

usage() {
    cat << 'END'
Usage: jmh/tuning/run.sh --bundle DIR [OPTIONS] VARIANT...

Serves the bundle once for each variant and round, in turn, and puts load on it: first as much as it answers, then a part of that.
Prints the medians of the rounds as a table, and draws them. Everything runs on this machine, over loopback.

A VARIANT is options of "millrace serve" in one word, as in '--set funnel.candidates=200'. JVM= in front sets MILLRACE_JAVA_OPTS,
BUNDLE= and DATASET= another bundle and data set than --bundle and --dataset: 'JVM=-XX:+UseZGC', 'BUNDLE=other DATASET=its-data --workers 2'.
The empty word stands for the defaults.

  --bundle DIR    what is served
  --dataset DIR   data set that it was built from: recommendations are judged by it (default: they are not)
  --load PART     part of what it answers at most that is put on it then (default: 0.5)
  --seconds S     how long (default: 10)
  --warm S        how long it is loaded before, with nothing counted; 0: not at all (default: 10)
  --rounds N      how often each variant is measured (default: 3)
  --port N        port of the server, the next one is its admin port (default: 7411)
  --out DIR       folder for tuning.json, tuning.svg, tuning.md, and the figures and logs of each run (default: jmh/target/tuning)
  --help          show this

Examples:
  jmh/tuning/run.sh --bundle bundle --dataset world '--set funnel.candidates=200' '--set funnel.candidates=500'
  jmh/tuning/run.sh --bundle bundle '' 'JVM=-XX:+UseZGC' 'JVM=-XX:+UseG1GC'
END
}

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)

name=tuning
# shellcheck source=../build.sh
. "$root/jmh/build.sh"

bundle=
dataset=
load=0.5
seconds=10
warm=10
rounds=3
port=7411
out=$root/jmh/target/tuning
variants=()
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            usage
            exit
            ;;
        --bundle | --dataset | --load | --seconds | --warm | --rounds | --port | --out)
            [ $# -gt 1 ] || fail "nothing behind $1; see jmh/tuning/run.sh --help" 2
            printf -v "${1#--}" %s "$2"
            shift 2
            ;;
        *)
            variants+=("$1")
            shift
            ;;
    esac
done
[ -n "$bundle" ] || fail "--bundle is missing; see jmh/tuning/run.sh --help" 2
[ ${#variants[@]} -gt 0 ] || fail "no variant to be measured; see jmh/tuning/run.sh --help" 2
build_benchmarks
mkdir -p "$out"
millrace=$root/millrace
"$millrace" --version > "$out/version.txt"

server=
scratch=$(mktemp -d)
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2> /dev/null || true
        wait "$server" 2> /dev/null || true
    fi
    server=
    rm -rf "$scratch/state"
}
trap 'stop; rm -rf "$scratch"' EXIT

# One number of a JSON file that has it once, or nothing.
figure() {
    sed -n "s/^ *\"$2\" *: *\\([0-9.eE+-]*\\),\\{0,1\\} *$/\\1/p" "$1" | head -n 1
}

measure() {
    local variant=$1 file=$2 served=$bundle judged=$dataset jvm=${MILLRACE_JAVA_OPTS:-} rate word options=()
    for word in $variant; do
        case $word in
            JVM=*) jvm="$jvm ${word#JVM=}" ;;
            BUNDLE=*) served=${word#BUNDLE=} ;;
            DATASET=*) judged=${word#DATASET=} ;;
            *) options+=("$word") ;;
        esac
    done
    MILLRACE_JAVA_OPTS=$jvm "$millrace" serve --bundle "$served" --state "$scratch/state" --port "$port" \
        --admin-port "$((port + 1))" --progress none ${options[@]+"${options[@]}"} > "$file.log" 2>&1 &
    server=$!
    until grep -q '^serving ' "$file.log"; do
        kill -0 "$server" 2> /dev/null || fail "the server did not start: variant='$variant', see $file.log"
        sleep 0.2
    done
    # As much as it answers, too: what the compiler does with code that runs so hot is done then.
    [ "$warm" = 0 ] || "$millrace" load --target "127.0.0.1:$port" --steps "$load" --seconds "$warm" --progress none \
        >> "$file.log" 2>&1 || fail "the load failed: variant='$variant', see $file.log"
    "$millrace" load --target "127.0.0.1:$port" --steps "$load" --seconds "$seconds" \
        ${judged:+--bundle "$served" --dataset "$judged"} --progress none --json "$file.json" >> "$file.log" 2>&1 \
        || fail "the load failed: variant='$variant', see $file.log"
    rate=$(awk -v most="$(figure "$file.json" saturation_rate)" -v part="$load" 'BEGIN { printf "%.0f", most * part }')
    "$millrace" load --target "127.0.0.1:$port" --admin "127.0.0.1:$((port + 1))" --rate "$rate" --warmup 5 \
        --seconds "$seconds" --progress none --json "$file.load.json" >> "$file.log" 2>&1 \
        || fail "the load failed: variant='$variant', see $file.log"
    stop
}

for ((round = 1; round <= rounds; round++)); do
    for i in "${!variants[@]}"; do
        echo "tuning: round $round of $rounds, '${variants[i]}'" >&2
        measure "${variants[i]}" "$out/variant-$i.round-$round"
    done
done

named=()
for variant in "${variants[@]}"; do
    named+=("--variant=$variant")
done
"$executable" tuning "${named[@]}" --rounds "$rounds" --load "$load" --out "$out" --commit "$(commit_of_sources)"
