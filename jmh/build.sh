# Sourced by scripts, which set $root and their $name: builds jmh/target/benchmarks where it is older than its sources.

executable=$root/jmh/target/benchmarks

fail() {
    echo "$name: $1" >&2
    exit "${2:-1}"
}

build_benchmarks() {
    if [ -x "$executable" ] \
        && [ -z "$(cd "$root" && find pom.xml .mvn build ./*/pom.xml ./*/src/main -newer "$executable" -print -quit)" ]; then
        return
    fi
    command -v mvn > /dev/null || fail "needs Maven 3.8.6 or newer to build, and finds no mvn on the PATH: install it"
    echo "$name: build Millrace and the benchmarks" >&2
    (cd "$root" && mvn -B -q -Dmaven.test.skip=true package -pl jmh -am) >&2 < /dev/null
}

commit_of_sources() {
    git -C "$root" describe --always --dirty --abbrev=12 --exclude='*' 2> /dev/null || echo unknown
}
