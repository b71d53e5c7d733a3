package io.millrace.server.admin;

import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.metrics.ServerStatistics;

import java.util.List;

/**
 * Where the admin port takes its answers from.
 *
 * <p>Threading: called by the admin thread at any time.
 */
public interface AdminSource {
    /**
     * Whether to send requests.
     *
     * @return now
     */
    Readiness readiness();

    /**
     * What was counted and timed.
     *
     * @return now
     */
    ServerStatistics statistics();

    /**
     * What else is measured.
     *
     * @return now
     */
    List<Gauge> gauges();

    /**
     * The effective configuration.
     *
     * @return with every default filled in
     */
    ServerConfig config();
}
