#!/bin/sh
# Builds and runs the benchmarks whose names match: jmh/run.sh REGEX [JMH OPTIONS]
set -e
cd -- "$(dirname -- "$0")/.."
mvn -B -q -Dmaven.test.skip=true package -pl jmh -am
exec jmh/target/benchmarks -prof gc "$@"
