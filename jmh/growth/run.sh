#!/usr/bin/env bash
# Measures how the cost of Millrace's index grows with its rows; docs/benchmarking.md says how to read it.
set -euo pipefail

usage() {
    cat << 'END'
Usage: jmh/growth/run.sh [OPTIONS]

For each size simulates vectors, and builds and measures an index of each layout. Then measures all of them again in turn, round by
round, and prints the medians of queries/s at one recall, time of the build and memory over the rows, and draws them.

  --sizes N,N:LAYOUT   rows, as in 10k,100k,1M; one with a layout is measured in that only, as in 10M:inlined
                       (default: 10k,100k,1M)
  --layouts L,L        layouts of sizes that name none, as of "millrace ann bench" (default: f32,inlined)
  --dimension D        numbers per row (default: 128)
  --queries N          queries of each size (default: 10000)
  --seed N             seed of the vectors (default: 1)
  --k N                neighbours asked for (default: 10)
  --recall R           where speeds are compared (default: 0.95)
  --ef N,N             efforts to measure (default: 17 from 10 to 400)
  --rounds N           how often each index is measured (default: 3)
  --threads N          threads of the builds (default: all processors)
  --out DIR            folder for growth.json, growth.svg, growth.md and the figures of each run (default: jmh/target/growth)
  --work DIR           folder for vectors and indexes, which are kept: a run that was ended goes on with what this folder and
                       --out hold, if all else is said as before (default: a new folder in --out, deleted at the end)
  --help               show this

Examples:
  jmh/growth/run.sh --sizes 10k,20k
  jmh/growth/run.sh --sizes 10k,100k,1M,10M:sq8 --out growth --work growth-work
END
}

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)
name=growth
# shellcheck source=../build.sh
. "$root/jmh/build.sh"

sizes=10k,100k,1M
layouts=f32,inlined
dimension=128
queries=10000
seed=1
k=10
recall=0.95
ef=10,13,16,20,25,32,40,50,64,80,100,128,160,200,256,320,400
rounds=3
threads=$(getconf _NPROCESSORS_ONLN)
out=$root/jmh/target/growth
work=
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            usage
            exit
            ;;
        --*=*)
            set -- "${1%%=*}" "${1#*=}" "${@:2}"
            continue
            ;;
        --sizes | --layouts | --dimension | --queries | --seed | --k | --recall | --ef | --rounds | --threads | --out | --work)
            [ $# -gt 1 ] || fail "nothing behind $1; see jmh/growth/run.sh --help" 2
            printf -v "${1#--}" %s "$2"
            shift 2
            ;;
        *) fail "unknown option: $1; see jmh/growth/run.sh --help" 2 ;;
    esac
done

mkdir -p "$out"
resumes=
if [ -n "$work" ]; then
    resumes=yes
    mkdir -p "$work"
else
    work=$(mktemp -d "$out/work-XXXXXX")
    trap 'rm -rf "$work"' EXIT
fi

# Measures an index, which is built where there is none yet.
measure() {
    local rows=$1 layout=$2 round=$3
    local figures=$out/$rows-$layout-$round.json
    runs+=(--run "$figures=$layout")
    if [ -n "$resumes" ] && [ -f "$figures" ]; then
        echo "growth: figures of $rows $layout, round $round, are there" >&2
        return
    fi
    "$root/millrace" ann bench --base "$work/$rows" --layout "$layout" --index "$work/$rows-$layout.hnsw" --k "$k" --ef "$ef" \
        --threads "$threads" --json "$figures" > /dev/null
}

build_benchmarks
runs=()
built=()
IFS=, read -r -a wanted <<< "$sizes"
for each in "${wanted[@]}"; do
    rows=${each%%:*}
    IFS=, read -r -a kinds <<< "$layouts"
    [ "$rows" = "$each" ] || kinds=("${each#*:}")
    if [ ! -d "$work/$rows" ]; then
        echo "growth: simulate $rows x $dimension" >&2
        "$root/millrace" simulate vectors --n "$rows" --queries "$queries" --k "$k" --dimension "$dimension" --seed "$seed" \
            --threads "$threads" --out "$work/$rows" > /dev/null
    fi
    for layout in "${kinds[@]}"; do
        echo "growth: build and measure $rows $layout" >&2
        measure "$rows" "$layout" 1
        built+=("$rows:$layout")
    done
done
for ((round = 2; round <= rounds; round++)); do
    for each in "${built[@]}"; do
        echo "growth: measure ${each/:/ }, round $round of $rounds" >&2
        measure "${each%%:*}" "${each#*:}" "$round"
    done
done
"$executable" growth "${runs[@]}" --recall "$recall" --out "$out" --commit "$(commit_of_sources)"
