#!/usr/bin/env bash
# Builds and runs the JMH benchmarks, and holds runs against each other; docs/benchmarking.md says how to read them.
set -euo pipefail

usage() {
    cat << 'END'
Usage: jmh/run.sh [REGEX] [JMH OPTIONS]
       jmh/run.sh --quick|--full [--out DIR] [REGEX] [JMH OPTIONS]
       jmh/run.sh --compare BEFORE.json AFTER.json [--tolerance SHARE] [--picture FILE]

Runs the benchmarks whose names match, all without a REGEX, on what the sources say now.

  --quick        one fork and short iterations: seconds for a benchmark, to see an order of size
  --full         three forks and long iterations: what a figure may be quoted from; some hours for all
  --out DIR      where --quick and --full put results.json and results.svg (default: jmh/target/results)
  --compare      says of each benchmark of two results.json how much faster it became, with a 95 % interval by the bootstrap
                 over forks and iterations; ends with 1 where one is surely slower than is tolerated
  --tolerance    what is tolerated (default: 0.05)
  --picture      draws the comparison as SVG
  --help         show this

Examples:
  jmh/run.sh VectorKernel -p dimension=128
  jmh/run.sh --full 'Ranker|Tower' --out before
  jmh/run.sh --compare before/results.json after/results.json
END
}

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
name=run
# shellcheck source=build.sh
. "$root/jmh/build.sh"

out=$root/jmh/target/results
mode=()
compared=()
rest=()
picture=()
tolerance=0.05
while [ $# -gt 0 ]; do
    case $1 in
        --help)
            usage
            exit
            ;;
        --quick)
            mode=(-f 1 -wi 2 -w 500ms -i 3 -r 500ms)
            shift
            ;;
        --full)
            mode=(-f 3 -wi 5 -w 1 -i 10 -r 1)
            shift
            ;;
        --compare)
            [ $# -gt 2 ] || fail "two files must stand behind --compare; see jmh/run.sh --help" 2
            compared=(--baseline "$2" --run "$3")
            shift 3
            ;;
        --out | --tolerance | --picture)
            [ $# -gt 1 ] || fail "nothing behind $1; see jmh/run.sh --help" 2
            case $1 in
                --out) out=$2 ;;
                --tolerance) tolerance=$2 ;;
                --picture) picture=(--picture "$2") ;;
            esac
            shift 2
            ;;
        *)
            rest+=("$1")
            shift
            ;;
    esac
done

build_benchmarks
if [ ${#compared[@]} -gt 0 ]; then
    exec "$executable" results "${compared[@]}" --tolerance "$tolerance" "${picture[@]}"
fi
if [ ${#mode[@]} -eq 0 ]; then
    exec "$executable" -prof gc "${rest[@]}"
fi
mkdir -p "$out"
"$executable" -prof gc "${mode[@]}" -rf json -rff "$out/results.json" "${rest[@]}"
"$executable" results --run "$out/results.json" --picture "$out/results.svg" --commit "$(commit_of_sources)"
