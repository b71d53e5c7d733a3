package io.millrace.server.admin;

import io.millrace.core.metrics.ProcessUsage;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.metrics.ServerStatistics;

import org.HdrHistogram.Histogram;

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
     * What the process has used of its machine.
     *
     * @return since its begin
     */
    ProcessUsage usage();

    /**
     * Stalls of the machine or the virtual machine.
     *
     * @return a copy, in nanoseconds
     */
    Histogram hiccups();

    /**
     * What else is measured.
     *
     * @return now
     */
    List<Gauge> gauges();

    /**
     * How an item is doing lately.
     *
     * @param itemId the item
     * @return the rates of all items, of this one and of its kind; empty if there is none
     */
    List<EventRates> rates(long itemId);

    /**
     * The effective configuration.
     *
     * @return with every default filled in
     */
    ServerConfig config();
}
