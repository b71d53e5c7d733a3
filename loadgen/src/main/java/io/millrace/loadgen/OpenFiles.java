package io.millrace.loadgen;

import com.sun.management.UnixOperatingSystemMXBean;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.lang.management.ManagementFactory;

/**
 * Makes sure before a load that this process may open as many files as it wants connections: later
 * the system refuses one of them in the middle, or a class that is to be loaded.
 */
final class OpenFiles {
    /** Logs, timers and what the Java machine opens beside the connections. */
    private static final long SPARE = 64;

    private OpenFiles() {}

    /** Throws where there is no room for so many connections; systems that do not tell have it. */
    static void require(int connections) {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system) {
            require(
                    connections,
                    system.getOpenFileDescriptorCount(),
                    system.getMaxFileDescriptorCount());
        }
    }

    static void require(int connections, long open, long limit) {
        long needed = open + connections + SPARE;
        if (needed > limit) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "this process may open too few files for its connections: connections=%d,"
                            + " needed=%d, limit=%d; raise it by ulimit -n %d, or open fewer"
                            + " connections",
                    connections,
                    needed,
                    limit,
                    needed);
        }
    }
}
