package io.millrace.server.funnel;

import io.millrace.ranker.feedback.EventRates;
import io.millrace.server.change.Changes;
import io.millrace.server.metrics.Gauge;

import org.jspecify.annotations.Nullable;

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
     * Makes what takes feedback: one of them, and nothing else is asked of it. It writes to files
     * and so may wait for a disk, as those that answer requests never do.
     *
     * @return belongs to the thread that uses it
     */
    default FunnelWorker newFeedbackWorker() {
        return newWorker();
    }

    /**
     * How an item is doing lately.
     *
     * @param itemId the item
     * @return the rates of all items, of this one and of its kind; empty if there is none
     */
    default List<EventRates> rates(long itemId) {
        return List.of();
    }

    /**
     * Takes changes.
     *
     * @return null where nothing may be changed
     */
    default @Nullable Changes changes() {
        return null;
    }

    /**
     * What is measured about it.
     *
     * @return now
     */
    default List<Gauge> gauges() {
        return List.of();
    }
}
