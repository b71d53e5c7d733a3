#!/usr/bin/env bash
# Compares Millrace's index with hnswlib, Lucene and JVector on this machine; README.md in this folder says how.
set -euo pipefail

usage() {
    cat << 'END'
Usage: jmh/peers/run.sh (--data DIR | --quick) [OPTIONS]

Builds what is needed, builds the index of every engine, measures them in turn and prints their speeds at equal recall.

  --data DIR           folder of vectors: base.fvecs, query.fvecs and truth.ivecs, as "millrace simulate vectors --out DIR"
                       makes them, or the files of Fashion-MNIST
  --quick              try it in about a minute: 20,000 rows and 500 queries of DIR, or simulated ones without --data;
                       one short round
  --only NAME,NAME     engines, of millrace, hnswlib, lucene, jvector (default: all)
  --metric NAME        l2, or ip: inner product, of rows and queries that are scaled to length 1 before (default: l2)
  --k N                neighbours asked for (default: 10)
  --ef N,N             efforts to measure (default: 20 from 10 to 800)
  --recalls R,R        where speeds are compared (default: 0.95,0.988,0.995,0.998;
                       for a folder named fashion-mnist 0.956,0.985,0.9926,0.9965)
  --rounds N           rounds of which the median counts (default: 3)
  --seconds S          measure each effort so long at least, in each round (default: 1)
  --queries N          use no more queries (default: all that have a truth)
  --out DIR            folder for recalls.svg, peers.json and a log for each engine (default: jmh/target/peers)
  --help               show this

Examples:
  jmh/peers/run.sh --quick
  ./millrace simulate vectors --n 1M --dimension 128 --seed 1 --out vectors && jmh/peers/run.sh --data vectors
END
}

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)
name=peers
# shellcheck source=../build.sh
. "$root/jmh/build.sh"
source=$root/jmh/peers/hnswlib_driver.cpp
driver=$root/jmh/target/hnswlib_driver

has_hnswlib() {
    command -v g++ > /dev/null && echo '#include <hnswlib/hnswlib.h>' | g++ -x c++ -E - > /dev/null 2>&1
}

install_hnswlib() {
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
        fail "hnswlib's header or g++ is missing: run \"sudo apt-get install g++ libhnswlib-dev\" (Debian, Ubuntu), or leave it out with --only millrace,lucene,jvector"
    fi
    echo "peers: install g++ and libhnswlib-dev" >&2
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends g++ libhnswlib-dev; } >&2 < /dev/null \
        || fail "apt-get can't install g++ and libhnswlib-dev: see above, or leave hnswlib out with --only millrace,lucene,jvector"
}

build_hnswlib_driver() {
    has_hnswlib || install_hnswlib
    [ "$driver" -nt "$source" ] && return
    echo "peers: compile the driver of hnswlib" >&2
    version=$(dpkg-query -W -f '${Version}' libhnswlib-dev 2> /dev/null || echo "unknown version")
    mkdir -p "$(dirname -- "$driver")"
    g++ -std=c++17 -O3 -march=native -ffast-math -pthread -DHNSWLIB_VERSION="\"$version\"" "$source" -o "$driver" >&2
}

[ $# -gt 0 ] || set -- --help
words=("$@")
only=all
out=(--out "$root/jmh/target/peers")
for ((i = 0; i < ${#words[@]}; i++)); do
    case ${words[i]} in
        -h | --help)
            usage
            exit
            ;;
        --only) only=${words[i + 1]:-} ;;
        --only=*) only=${words[i]#--only=} ;;
        --out | --out=*) out=() ;;
    esac
done

build_benchmarks
case ,$only, in
    *,all,* | *,[Hh][Nn][Ss][Ww][Ll][Ii][Bb],*)
        build_hnswlib_driver
        words+=(--hnswlib "$driver")
        ;;
esac
exec "$executable" peers "${words[@]}" "${out[@]}" --commit "$(commit_of_sources)"
