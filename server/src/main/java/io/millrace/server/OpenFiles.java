package io.millrace.server;

import com.sun.management.UnixOperatingSystemMXBean;

import io.millrace.server.config.ServerConfig;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.management.ManagementFactory;

/**
 * Keeps connections from taking all files that the system lets this process open: journals, logs,
 * snapshots and the admin port need some as well. Whoever comes when there are too many is then
 * told so, where the system would leave them waiting.
 */
final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);
    private static final String LIMIT = "limits.connections";

    /** Of bundles, journals, logs, event loops, and connections that are about to be closed. */
    private static final long SPARE = 128;

    private OpenFiles() {}

    /** A configuration with as many connections as there is room for, at most. */
    static ServerConfig within(ServerConfig config) {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system
                ? within(
                        config,
                        system.getOpenFileDescriptorCount(),
                        system.getMaxFileDescriptorCount())
                : config;
    }

    static ServerConfig within(ServerConfig config, long open, long limit) {
        int wanted = config.limits().connections();
        long reserved = open + SPARE + config.admin().connections();
        if (reserved + wanted <= limit) {
            return config;
        }
        int possible = (int) Math.max(1, limit - reserved);
        if (possible >= wanted) {
            return config;
        }
        LOG.warn(
                "the system lets this process open too few files: limit={}, {}={}, lowered to {};"
                        + " raise it by ulimit -n {}, or set {}",
                limit,
                LIMIT,
                wanted,
                possible,
                reserved + wanted,
                LIMIT);
        return config.with(LIMIT, possible);
    }
}
