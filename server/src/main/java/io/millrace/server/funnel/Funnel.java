package io.millrace.server.funnel;

import io.millrace.server.metrics.Gauge;

import java.util.List;

/**
 * What answers requests, behind the transport.
 *
 * <p>Threading: any thread.
 */
public interface Funnel {
    /**
     * What can be asked for.
     *
     * @return the same at every call
     */
    Catalogue catalogue();

    /**
     * Makes what one thread needs to answer requests.
     *
     * @return belongs to the thread that uses it
     */
    FunnelWorker newWorker();

    /**
     * What is measured about it.
     *
     * @return now
     */
    default List<Gauge> gauges() {
        return List.of();
    }
}
