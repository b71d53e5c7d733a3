#!/bin/sh
# These lines find a Java 25 and start it with what Millrace needs, the rest of the file is a jar.
#
#   MILLRACE_JAVA_HOME  the Java to use, before JAVA_HOME, PATH and the usual install folders
#   MILLRACE_JAVA_OPTS  more options for the JVM, e.g. -Xmx8g; they come after those below and win over them

wanted=25

# A server must not stand still while bundles follow each other (docs/decisions/0060-collector.md), all else is to be done soon.
collector=-XX:+UseParallelGC
[ "${1:-}" = serve ] && collector=-XX:+UseG1GC

options="
-Xmx3g
$collector
-XX:MetaspaceSize=64m
-XX:-UsePerfData
-Djava.awt.headless=true
-Dstdout.encoding=UTF-8
-Dstderr.encoding=UTF-8
@jvm.options@
"

# The release file of a Java tells its version and its modules, and reading it starts nothing.
is_wanted() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    major=0
    modules=
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=*)
                major=${line#JAVA_VERSION=}
                major=${major#\"}
                major=${major%%[!0-9]*}
                ;;
            MODULES=*) modules=${line#MODULES=} ;;
        esac
    done < "$1/release"
    [ "${major:-0}" -ge "$wanted" ]
}

find_java() {
    if [ -n "${MILLRACE_JAVA_HOME:-}" ]; then
        home=$MILLRACE_JAVA_HOME
        is_wanted "$home" && return
        echo "millrace: no Java $wanted or newer in MILLRACE_JAVA_HOME=$home: correct it, or unset it to have one found" >&2
        exit 1
    fi
    home=${JAVA_HOME:-}
    [ -n "$home" ] && is_wanted "$home" && return
    home=$(command -v java) && home=$(readlink -f "$home" 2> /dev/null) && home=${home%/bin/java} \
        && is_wanted "$home" && return
    for home in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/java/* /opt/*/openjdk*/libexec/openjdk.jdk/Contents/Home \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
        is_wanted "$home" && return
    done
    echo "millrace: needs Java $wanted or newer and finds none: install one, e.g. Eclipse Temurin $wanted, or set MILLRACE_JAVA_HOME to it" >&2
    exit 1
}

find_java

# Asking for help needs no vectors, and no second compiler.
for argument in "$@"; do
    case $argument in
        -h | --help) help=yes ;;
    esac
done
[ $# -gt 0 ] || help=yes

for option in $options; do
    case ${help:-no}$option in
        yes--add-modules*) continue ;;
    esac
    # Two collectors are an error, so one that is asked for takes the place of ours.
    case $option:${MILLRACE_JAVA_OPTS:-} in
        -XX:+Use*GC:*-XX:+Use*GC*) continue ;;
    esac
    # Options about a module that a small Java leaves out would only make it complain.
    case $option in
        *jdk.compiler/*)
            case $modules in
                *jdk.compiler*) ;;
                *) continue ;;
            esac
            ;;
    esac
    kept="${kept:-} $option"
done
[ "${help:-no}" = yes ] && kept="$kept -XX:TieredStopAtLevel=1"

# shellcheck disable=SC2086 # both are lists of words
exec "$home/bin/java" $kept ${MILLRACE_JAVA_OPTS:-} -jar "$0" "$@"
exit 1
